package main

import (
	"go/ast"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

var integers = []string{"int", "int32", "int64", "uint32"}

// source is one package: its types by name, and how it is called by those that import it.
type source struct {
	name  string
	types map[string]*ast.TypeSpec
}

type reader struct {
	*schema
	sources map[string]source
}

// The import names by which types.go and the packages below it call each other.
func readTypes(minor, version string, m modules) *schema {
	v := staging(version)
	s := &schema{minor: minor, version: version, structures: map[string][]*field{}}
	r := reader{s, map[string]source{
		"v1beta1":    readSource("", filepath.Join(m.dir("k8s.io/kubelet", v), "config/v1beta1/types.go")),
		"logsapi":    readSource("logsapi", filepath.Join(m.dir("k8s.io/component-base", v), "logs/api/v1/types.go")),
		"tracingapi": readSource("tracingapi", filepath.Join(m.dir("k8s.io/component-base", v), "tracing/api/v1/types.go")),
		"v1":         readSource("v1", filepath.Join(m.dir("k8s.io/api", v), "core/v1/types.go")),
	}}
	r.structure("v1beta1", root)
	s.setPaths(root, "")
	return s
}

func readSource(name, path string) source {
	s := source{name, map[string]*ast.TypeSpec{}}
	for _, file := range parseFiles(path) {
		for _, decl := range file.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok {
				for _, spec := range gen.Specs {
					if t, ok := spec.(*ast.TypeSpec); ok {
						s.types[t.Name.Name] = t
					}
				}
			}
		}
	}
	return s
}

// structure reads a struct, once, and gives its name in the data.
func (r reader) structure(pkg, name string) string {
	full := strings.TrimPrefix(r.sources[pkg].name+"."+name, ".")
	if _, done := r.structures[full]; done {
		fail("%s: %s stands in more than one place: its fields have no path of their own", r.minor, full)
	}
	r.structures[full] = nil
	r.structures[full] = r.fields(pkg, r.structOf(pkg, name))
	slices.SortFunc(r.structures[full], func(a, b *field) int { return strings.Compare(a.Name, b.Name) })
	return full
}

func (r reader) structOf(pkg, name string) *ast.StructType {
	spec := r.sources[pkg].types[name]
	if spec == nil {
		fail("%s: no type %s.%s", r.minor, pkg, name)
	}
	st, ok := spec.Type.(*ast.StructType)
	if !ok {
		fail("%s: %s.%s is no struct", r.minor, pkg, name)
	}
	return st
}

func (r reader) fields(pkg string, st *ast.StructType) []*field {
	var fields []*field
	for _, f := range st.Fields.List {
		if len(f.Names) == 0 {
			if text := exprText(f.Type); text != "metav1.TypeMeta" {
				fields = append(fields, r.fields(pkg, r.structOf(pkg, text))...)
			}
			continue
		}
		name := ""
		if f.Tag != nil {
			name, _, _ = strings.Cut(reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json"), ",")
		}
		if len(f.Names) != 1 || name == "" || name == "-" {
			fail("%s: a field of %s without a name of its own in JSON: %v", r.minor, pkg, f.Names)
		}
		doc, gate := readDoc(f.Doc)
		fields = append(fields, &field{goName: f.Names[0].Name, Name: name, fieldType: r.typeOf(pkg, f.Type), doc: doc, Gate: gate})
	}
	return fields
}

func (r reader) typeOf(pkg string, expr ast.Expr) fieldType {
	t := fieldType{Go: exprText(expr)}
	switch e := expr.(type) {
	case *ast.StarExpr:
		t = r.typeOf(pkg, e.X)
		t.Go = exprText(expr)
	case *ast.ArrayType:
		element := r.typeOf(pkg, e.Elt)
		t.Kind, t.Element = "list", &element
	case *ast.MapType:
		element := r.typeOf(pkg, e.Value)
		t.Kind, t.Element = "map", &element
	case *ast.SelectorExpr:
		switch from, name := e.X.(*ast.Ident).Name, e.Sel.Name; {
		case t.Go == "metav1.Duration":
			t.Kind = "duration"
		case t.Go == "metav1.Time":
			t.Kind = "string"
		case t.Go == "resource.QuantityValue", t.Go == "resource.Quantity":
			t.Kind = "quantity"
		default:
			t = r.named(from, name, t)
		}
	case *ast.Ident:
		switch {
		case slices.Contains(integers, e.Name):
			t.Kind, t.Integer = "integer", e.Name
		case e.Name == "bool", e.Name == "string":
			t.Kind = e.Name
		case e.Name == "float64":
			t.Kind = "number"
		default:
			t = r.named(pkg, e.Name, t)
		}
	default:
		fail("%s: a type that is not known: %s", r.minor, t.Go)
	}
	return t
}

func (r reader) named(pkg, name string, t fieldType) fieldType {
	if name == "TimeOrMetaDuration" {
		t.Kind = "time-or-duration"
		return t
	}
	spec := r.sources[pkg].types[name]
	if spec == nil {
		fail("%s: no type %s in %s", r.minor, name, pkg)
	}
	if _, ok := spec.Type.(*ast.StructType); ok {
		t.Kind, t.Structure = "object", r.structure(pkg, name)
		return t
	}
	under := r.typeOf(pkg, spec.Type)
	under.Go = t.Go
	return under
}

func exprText(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return "*" + exprText(e.X)
	case *ast.ArrayType:
		return "[]" + exprText(e.Elt)
	case *ast.MapType:
		return "map[" + exprText(e.Key) + "]" + exprText(e.Value)
	case *ast.SelectorExpr:
		return exprText(e.X) + "." + e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	fail("a type that is not known: %T", expr)
	return ""
}

var mark = regexp.MustCompile(`^\s*\+`)

// readDoc gives the text without its marks, and the gate that a mark names.
func readDoc(doc *ast.CommentGroup) (text, gate string) {
	var lines []string
	for _, line := range strings.Split(doc.Text(), "\n") {
		if !mark.MatchString(line) {
			lines = append(lines, strings.TrimRight(line, " "))
		} else if name, ok := strings.CutPrefix(strings.TrimSpace(line), "+featureGate="); ok && gate == "" {
			gate = name
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n")), gate
}
