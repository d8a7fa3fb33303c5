// SPDX-License-Identifier: Apache-2.0

package helpers

// foreachKey calls handler with everything that a carrier has, until it fails.
func foreachKey(carrier map[string]string, handler func(key, value string) error) error {
	for key, value := range carrier {
		if err := handler(key, value); err != nil {
			return err
		}
	}
	return nil
}
