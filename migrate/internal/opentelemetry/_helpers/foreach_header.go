// SPDX-License-Identifier: Apache-2.0

package helpers

// foreachHeader calls handler with every value of every header, until it fails.
func foreachHeader(carrier map[string][]string, handler func(key, value string) error) error {
	for key, values := range carrier {
		for _, value := range values {
			if err := handler(key, value); err != nil {
				return err
			}
		}
	}
	return nil
}
