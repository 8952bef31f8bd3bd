package main

import (
	"go/ast"
	"path/filepath"
	"strings"
)

// addFlags reads which flag sets which field, from the calls that register them: fs.Int32Var(&c.MaxPods, "max-pods", …).
func (s *schema) addFlags(m modules) {
	options := filepath.Join(m.dir("k8s.io/kubernetes", "v"+s.version), "cmd/kubelet/app/options/options.go")
	s.readFlags(options, "AddKubeletConfigFlags", root)
	logs := filepath.Join(m.dir("k8s.io/component-base", staging(s.version)), "logs/api/v1/options.go")
	s.readFlags(logs, "addFlags", "logsapi.LoggingConfiguration")
}

func (s *schema) readFlags(path, function, structure string) {
	count := 0
	for _, file := range parseFiles(path) {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Name.Name != function {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) < 3 {
					return true
				}
				method, ok := call.Fun.(*ast.SelectorExpr)
				if !ok || !strings.Contains(method.Sel.Name, "Var") || exprText(method.X) != "fs" {
					return true
				}
				s.setFlag(structure, fieldNames(call.Args[0]), flagName(call.Args[1]))
				count++
				return true
			})
		}
	}
	if count == 0 {
		fail("%s: no flags in %s", s.minor, path)
	}
}

// fieldNames gives [Authentication X509 ClientCAFile] for any expression around c.Authentication.X509.ClientCAFile.
func fieldNames(expr ast.Expr) []string {
	var names []string
	ast.Inspect(expr, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || names != nil {
			return names == nil
		}
		var chain []string
		var at ast.Expr = sel
		for {
			inner, ok := at.(*ast.SelectorExpr)
			if !ok {
				break
			}
			chain = append([]string{inner.Sel.Name}, chain...)
			at = inner.X
		}
		if base, ok := at.(*ast.Ident); ok && base.Name == "c" {
			names = chain
		}
		return true
	})
	return names
}

func flagName(expr ast.Expr) string {
	if ident, ok := expr.(*ast.Ident); ok && ident.Name == "LogFlushFreqFlagName" {
		return "log-flush-frequency" // component-base logs/api/v1/options.go
	}
	return literal(expr)
}

func (s *schema) setFlag(structure string, names []string, flag string) {
	var found *field
	for _, name := range names {
		if found != nil {
			if structure = found.Structure; structure == "" {
				break // c.SyncFrequency.Duration
			}
		}
		found = s.byGoName(structure, name)
		if found == nil {
			fail("%s: --%s sets %s, which is no field", s.minor, flag, strings.Join(names, "."))
		}
	}
	if found == nil || found.Flag != "" {
		fail("%s: --%s: field not found, or set by --%s", s.minor, flag, found.Flag)
	}
	found.Flag = flag
}

func (s *schema) byGoName(structure, name string) *field {
	for _, f := range s.structures[structure] {
		if f.goName == name {
			return f
		}
	}
	return nil
}
