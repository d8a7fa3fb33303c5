// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readYAML reads the variables in the documents of a YAML file: of Compose, Kubernetes, and
// of whatever else writes them as a map, as a list of NAME=value, or as a list of maps
// with a name and a value. Aliases of maps and lists are not followed: what
// they stand for is read where it is written, so no document is larger than its text.
func readYAML(data []byte) (all []setting, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var document yaml.Node
		switch err := decoder.Decode(&document); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return all, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
		}
		r := yamlReader{secret: kindOf(&document) == "Secret"}
		r.read(&document, "")
		all = append(all, r.found...)
	}
}

// kindOf returns the kind of a Kubernetes document.
func kindOf(document *yaml.Node) string {
	if len(document.Content) == 0 {
		return ""
	}
	return scalar(document.Content[0], "kind")
}

// A yamlReader reads one document.
type yamlReader struct {
	secret bool // the values are not to be shown
	found  []setting
}

// read looks at a node and all below it. image is that of the container around it.
func (r *yamlReader) read(n *yaml.Node, image string) {
	vars := make(scope)
	switch n.Kind {
	case yaml.MappingNode:
		if own := scalar(n, "image"); own != "" {
			image = own
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], named(n.Content[i+1])
			if key.Kind == yaml.ScalarNode && value.Kind != yaml.SequenceNode {
				vars.set(key.Value, value.Value, r.shows(value), key.Line, image)
			}
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if item.Kind == yaml.ScalarNode { // without a value, it is that of whoever runs Compose
				name, value, ok := strings.Cut(item.Value, "=")
				vars.set(name, value, ok && !r.secret, item.Line, image)
			}
			if name := scalar(item, "name"); name != "" {
				value := child(item, "value")
				vars.set(name, scalar(item, "value"), r.shows(value), item.Line, image)
			}
		}
	}
	r.found = append(r.found, vars.settings()...)
	for _, below := range n.Content {
		r.read(below, image)
	}
}

// shows tells whether a value is written there, and not to be kept to oneself.
func (r *yamlReader) shows(value *yaml.Node) bool {
	return value != nil && value.Kind == yaml.ScalarNode && value.Tag != "!!null" && !r.secret
}

// named returns the text that an alias stands for, any other node as it is.
func named(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias.Kind == yaml.ScalarNode {
		return n.Alias
	}
	return n
}

// child returns the value of a key, nil if the node is not a map that has it.
func child(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return named(n.Content[i+1])
		}
	}
	return nil
}

// scalar returns the text of a key, "" if there is none.
func scalar(n *yaml.Node, key string) string {
	if value := child(n, key); value != nil && value.Kind == yaml.ScalarNode {
		return value.Value
	}
	return ""
}
