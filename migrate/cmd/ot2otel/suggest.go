// SPDX-License-Identifier: Apache-2.0

package main

import "fmt"

// didYouMean returns a question with the known name that is nearest to one, or "" if none
// is near.
func didYouMean(name string, known []string) string {
	nearest, least := "", 1+len(name)/3
	for _, k := range known {
		if d := distance(name, k); d <= least {
			nearest, least = k, d-1
		}
	}
	if nearest == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", nearest)
}

// distance returns how many letters have to be added, removed, changed or swapped with the
// next one to get from a to b.
func distance(a, b string) int {
	const most = 64 // letters: longer names are no flag or command
	a, b = a[:min(len(a), most)], b[:min(len(b), most)]
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
		for j := 1; j <= len(b); j++ {
			if i == 0 {
				rows[i][j] = j
				continue
			}
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
