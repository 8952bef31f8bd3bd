// Makes ../pod.json: the fields of a v1 Pod with their types, read from the source of the published Go modules. Nothing
// is compiled and nothing is guessed: where the source has a shape that is not known here, the run stops.
//
//	go run .
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
)

// The release that is read: the newest that kcfg knows. A kubelet of an earlier minor knows fewer fields.
const release = "v0.37.2"

// Types of other packages, as a manifest writes them.
var foreign = map[string]string{
	"resource.Quantity": "quantity", "intstr.IntOrString": "intOrString", "metav1.Time": "string", "metav1.MicroTime": "string",
	"metav1.LabelSelector": "LabelSelector", "metav1.ObjectMeta": "ObjectMeta", "types.UID": "string", "metav1.TypeMeta": "TypeMeta",
	"Time": "string", "types.NodeName": "string", "FieldsV1": "any",
}

type source map[string]ast.Expr

func main() {
	core := read("k8s.io/api", "core/v1/types.go")
	meta := read("k8s.io/apimachinery", "pkg/apis/meta/v1/types.go")
	for name, expr := range meta {
		if _, both := core[name]; !both {
			core[name] = expr
		}
	}
	out := map[string]map[string]string{}
	for todo := []string{"Pod"}; len(todo) > 0; todo = todo[1:] {
		name := todo[0]
		if _, done := out[name]; done {
			continue
		}
		fields := map[string]string{}
		core.add(name, fields)
		out[name] = fields
		for _, t := range fields {
			inner := strings.TrimPrefix(strings.TrimPrefix(t, "[]"), "{}")
			if inner[0] >= 'A' && inner[0] <= 'Z' {
				todo = append(todo, inner)
			}
		}
	}
	// what the API server reports: in a manifest it is of no effect, and not looked into
	delete(out, "PodStatus")
	out["Pod"]["status"] = "any"
	prune(out)
	text, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		fail("%v", err)
	}
	if err := os.WriteFile(filepath.Join("..", "pod.json"), append(text, '\n'), 0o644); err != nil {
		fail("%v", err)
	}
}

func (s source) add(name string, fields map[string]string) {
	expr, ok := s[name].(*ast.StructType)
	if !ok {
		fail("%s is no struct", name)
	}
	for _, field := range expr.Fields.List {
		tag := ""
		if field.Tag != nil {
			tag = reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json")
		}
		parts := strings.Split(tag, ",")
		if parts[0] == "-" {
			continue
		}
		if parts[0] == "" {
			if len(field.Names) > 0 {
				fail("%s.%s has no name in JSON", name, field.Names[0].Name)
			}
			inner := s.typeOf(field.Type)
			s.add(inner, fields)
			continue
		}
		fields[parts[0]] = s.typeOf(field.Type)
	}
}

func (s source) typeOf(expr ast.Expr) string {
	switch t := expr.(type) {
	case *ast.StarExpr:
		return s.typeOf(t.X)
	case *ast.ArrayType:
		if inner := s.typeOf(t.Elt); inner != "byte" {
			return "[]" + inner
		}
		return "string"
	case *ast.MapType:
		return "{}" + s.typeOf(t.Value)
	case *ast.SelectorExpr:
		name := t.X.(*ast.Ident).Name + "." + t.Sel.Name
		if known, ok := foreign[name]; ok {
			return known
		}
		fail("%s is not known", name)
	case *ast.Ident:
		if known, ok := foreign[t.Name]; ok {
			return known
		}
		switch t.Name {
		case "string", "byte":
			return t.Name
		case "bool":
			return "bool"
		case "int", "int32", "int64":
			return "int"
		}
		named, ok := s[t.Name]
		if !ok {
			fail("%s is not known", t.Name)
		}
		if _, isStruct := named.(*ast.StructType); isStruct {
			return t.Name
		}
		return s.typeOf(named)
	}
	fail("%T is not known", expr)
	return ""
}

// prune leaves what a Pod leads to.
func prune(out map[string]map[string]string) {
	seen := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		if seen[name] || out[name] == nil {
			return
		}
		seen[name] = true
		for _, t := range out[name] {
			visit(strings.TrimPrefix(strings.TrimPrefix(t, "[]"), "{}"))
		}
	}
	visit("Pod")
	for name := range out {
		if !seen[name] {
			delete(out, name)
		}
	}
}

func read(module, file string) source {
	cmd := exec.Command("go", "mod", "download", "-json", module+"@"+release)
	cmd.Dir = os.TempDir() // outside of any module: it is taken at the version asked for
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		fail("go mod download %s: %v", module, err)
	}
	var found struct{ Dir string }
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&found); err != nil && err != io.EOF {
		fail("%v", err)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(found.Dir, file), nil, 0)
	if err != nil {
		fail("%v", err)
	}
	types := source{}
	for _, decl := range parsed.Decls {
		if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.TYPE {
			for _, spec := range gen.Specs {
				types[spec.(*ast.TypeSpec).Name.Name] = spec.(*ast.TypeSpec).Type
			}
		}
	}
	return types
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}
