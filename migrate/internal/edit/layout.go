// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"go/format"
	"strings"
	"unicode"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// KeepLayout returns the new text of a file as its author would have laid it out. disk
// is the old text, and formatted the new one, as gofmt has it. Lines that did not
// change are those of disk, however they are spaced; new lines end as most of disk's do.
func KeepLayout(disk, formatted []byte) []byte {
	old := strings.SplitAfter(string(disk), "\n")
	now := strings.SplitAfter(string(formatted), "\n")
	if crs := bytes.Count(disk, []byte("\r\n")); crs > 0 && 2*crs > bytes.Count(disk, []byte("\n")) {
		for i, line := range now {
			if text, ok := strings.CutSuffix(line, "\n"); ok {
				now[i] = text + "\r\n"
			}
		}
	}
	kept := strings.Join(now, "")
	tidy, err := format.Source(source.UnixLines(disk))
	if err != nil || bytes.Equal(tidy, disk) {
		return []byte(kept)
	}
	middle := strings.SplitAfter(string(tidy), "\n")
	inOld := matchLines(middle, old, withoutSpace)
	inMiddle := matchLines(now, middle, func(line string) string { return strings.Replace(line, "\r\n", "\n", 1) })
	var b strings.Builder
	for k := 0; k < len(now); {
		// A run of lines that did not change, and the lines on disk that it stands for.
		end := k
		for end < len(now) && inMiddle[end] >= 0 && (end == k || inMiddle[end] == inMiddle[end-1]+1) {
			end++
		}
		first, last := -1, -1
		for i := k; i < end; i++ {
			if inOld[inMiddle[i]] >= 0 {
				if first < 0 {
					first = i
				}
				last = i
			}
		}
		if first < 0 {
			end = max(end, k+1)
			b.WriteString(strings.Join(now[k:end], ""))
			k = end
			continue
		}
		from, to := inOld[inMiddle[first]], inOld[inMiddle[last]]+1
		if k == 0 && inMiddle[k] == 0 {
			first, from = 0, 0
		}
		if end == len(now) && inMiddle[end-1] == len(middle)-1 {
			last, to = end-1, len(old)
		}
		b.WriteString(strings.Join(now[k:first], ""))
		b.WriteString(strings.Join(old[from:to], ""))
		b.WriteString(strings.Join(now[last+1:end], ""))
		k = end
	}
	if again, err := format.Source(source.UnixLines([]byte(b.String()))); err == nil && bytes.Equal(again, formatted) {
		return []byte(b.String())
	}
	return []byte(kept)
}

func withoutSpace(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, line)
}

// matchLines returns for each line of a the line of b that it is, or -1: in order, and
// as many as there are (Myers, An O(ND) Difference Algorithm, 1986). Lines are the same
// when their keys are. Texts that have little in common are not compared to the end.
func matchLines(a, b []string, key func(string) string) []int {
	const most = 4000 // differences: the search takes their square in memory
	match := make([]int, len(a))
	for i := range match {
		match[i] = -1
	}
	x, y := keys(a, key), keys(b, key)
	base := len(x) + len(y) + 1
	furthest := make([]int, 2*base+1) // in a, by diagonal
	down := func(v []int, base, d, k int) bool { return k == -d || k != d && v[base+k-1] < v[base+k+1] }
	var rounds [][]int // what each round began with
	for d := 0; d < min(base, most); d++ {
		rounds = append(rounds, append([]int(nil), furthest[base-d-1:base+d+2]...))
		for k := -d; k <= d; k += 2 {
			i := furthest[base+k-1] + 1
			if down(furthest, base, d, k) {
				i = furthest[base+k+1]
			}
			for i < len(x) && i-k < len(y) && x[i] == y[i-k] {
				i++
			}
			furthest[base+k] = i
			if i >= len(x) && i-k >= len(y) {
				walkBack(match, len(y), rounds, down)
				return match
			}
		}
	}
	return match
}

// walkBack follows the shortest path from its end and notes the lines that it keeps.
func walkBack(match []int, j int, rounds [][]int, down func(v []int, base, d, k int) bool) {
	i := len(match)
	for d := len(rounds) - 1; d >= 0; d-- {
		v, k := rounds[d], i-j
		from := k - 1
		if down(v, d+1, d, k) {
			from = k + 1
		}
		startI := v[d+1+from]
		startJ := startI - from
		for i > startI && j > startJ {
			i, j = i-1, j-1
			match[i] = j
		}
		i, j = startI, startJ
	}
}

func keys(lines []string, key func(string) string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = key(line)
	}
	return out
}
