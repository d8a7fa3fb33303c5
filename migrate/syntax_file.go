// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// A syntaxFile answers questions about the syntax of one file.
type syntaxFile struct {
	code   *sourceCode
	file   *sourceFile
	info   *types.Info
	parent map[ast.Node]ast.Node // filled by parents
	gotos  map[ast.Node]bool     // whether functions have any: see jumps
}

func newSyntaxFile(code *sourceCode, f *sourceFile) *syntaxFile {
	return &syntaxFile{code: code, file: f, info: f.unit.info, gotos: make(map[ast.Node]bool)}
}

// parents notes the parent of each node, from outside inwards, and then has it visited.
func (p *syntaxFile) parents(visit func(ast.Node)) {
	p.parent = make(map[ast.Node]ast.Node)
	var stack []ast.Node
	ast.Inspect(p.file.syntax, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			p.parent[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		visit(n)
		return true
	})
}
