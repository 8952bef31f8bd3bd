package main

import (
	"go/ast"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

type gate struct {
	Name    string
	Stage   string
	Default bool
	Locked  bool
	Needs   []string
}

var stages = map[string]string{"Alpha": "alpha", "Beta": "beta", "GA": "stable", "Deprecated": "deprecated"}

// addGates reads the tables of gates that the kubelet registers: Kubernetes' own, and those of the libraries it links.
func (s *schema) addGates(m modules) {
	v := staging(s.version)
	kubernetes, base := m.dir("k8s.io/kubernetes", "v"+s.version), m.dir("k8s.io/component-base", v)
	files := parseFiles(filepath.Join(kubernetes, "pkg/features/*.go"))
	dirs := []string{
		filepath.Join(m.dir("k8s.io/apiserver", v), "pkg/features"),
		filepath.Join(base, "featuregate"), // AllAlpha, AllBeta
		filepath.Join(base, "logs/api/v1"),
		filepath.Join(base, "metrics/features"),
		// by way of pkg/cluster/ports and cloud-provider/options, and seen in `kubelet --help`
		filepath.Join(m.dir("k8s.io/controller-manager", v), "pkg/features"),
	}
	if imported(files, "k8s.io/apiextensions-apiserver/pkg/features") {
		dirs = append(dirs, filepath.Join(m.dir("k8s.io/apiextensions-apiserver", v), "pkg/features"))
	}
	if imported(files, "k8s.io/component-base/zpages/features") {
		dirs = append(dirs, filepath.Join(base, "zpages/features"))
	}
	if imported(files, "k8s.io/client-go/features") {
		dirs = append(dirs, filepath.Join(m.dir("k8s.io/client-go", v), "features"))
	}
	for _, dir := range dirs {
		files = append(files, parseFiles(filepath.Join(dir, "*.go"))...)
	}
	names := gateNames(files)
	found, needs := map[string]gate{}, map[string][]string{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			table, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			kind, ok := table.Type.(*ast.MapType)
			if !ok || lastName(kind.Key) != "Feature" {
				return true
			}
			_, list := kind.Value.(*ast.ArrayType)
			if value := lastName(kind.Value); !list && value != "FeatureSpec" && value != "VersionedSpecs" {
				return true
			}
			for _, element := range table.Elts {
				pair := element.(*ast.KeyValueExpr)
				name := names.of(s.minor, pair.Key)
				if list {
					for _, on := range pair.Value.(*ast.CompositeLit).Elts {
						needs[name] = append(needs[name], names.of(s.minor, on))
					}
				} else if g, ok := s.readSpec(name, pair.Value, names); ok {
					if before, twice := found[name]; twice && (before.Default != g.Default || before.Locked != g.Locked || before.Stage != g.Stage) {
						fail("%s: two tables differ on the gate %s", s.minor, name)
					}
					found[name] = g
				}
			}
			return false
		})
	}
	for name, g := range found {
		g.Needs = needs[name]
		slices.Sort(g.Needs)
		s.gates = append(s.gates, g)
	}
	slices.SortFunc(s.gates, func(a, b gate) int { return strings.Compare(a.Name, b.Name) })
	s.setFieldGates()
}

func imported(files []*ast.File, path string) bool {
	return slices.ContainsFunc(files, func(file *ast.File) bool {
		return slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == strconv.Quote(path) })
	})
}

// constants by the name that they have in the source.
type constants map[string]string

// of gives the gate that an expression names.
func (c constants) of(minor string, expr ast.Expr) string {
	name := c[lastName(unconverted(expr))]
	if name == "" {
		fail("%s: no name for the gate %s", minor, lastName(unconverted(expr)))
	}
	return name
}

// unconverted takes the call off featuregate.Feature(x).
func unconverted(expr ast.Expr) ast.Expr {
	if call, ok := expr.(*ast.CallExpr); ok && len(call.Args) == 1 && lastName(call.Fun) == "Feature" {
		return call.Args[0]
	}
	return expr
}

// gateNames gives the text of each constant of type Feature, and "true" or "false" of one that is a default.
func gateNames(files []*ast.File) constants {
	names := constants{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && len(spec.Names) == 1 && len(spec.Values) == 1 {
				if word := lastName(spec.Values[0]); word == "true" || word == "false" {
					names[spec.Names[0].Name] = word
				}
				value := unconverted(spec.Values[0])
				if lit, ok := value.(*ast.BasicLit); ok && (spec.Type == nil || lastName(spec.Type) == "Feature") && strings.HasPrefix(lit.Value, `"`) {
					if before := names[spec.Names[0].Name]; before != "" && before != literal(lit) {
						fail("two constants %s", spec.Names[0].Name)
					}
					names[spec.Names[0].Name] = literal(lit)
				}
			}
			return true
		})
	}
	return names
}
