// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"encoding/base64"
	"maps"
)

// basicAuth adds the header of a user and a password to others, where there are both.
func basicAuth(user, password string, headers map[string]string) map[string]string {
	if user == "" || password == "" {
		return headers
	}
	all := map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))}
	maps.Copy(all, headers)
	return all
}
