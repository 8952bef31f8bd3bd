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
				name := names[lastName(pair.Key)]
				if name == "" {
					fail("%s: no name for the gate %s", s.minor, lastName(pair.Key))
				}
				if list {
					for _, on := range pair.Value.(*ast.CompositeLit).Elts {
						needs[name] = append(needs[name], names[lastName(on)])
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
	for _, f := range s.all() {
		if _, there := found[f.Gate]; !there {
			f.Gate = "" // its gate is gone: the field counts without
		}
	}
}

func imported(files []*ast.File, path string) bool {
	return slices.ContainsFunc(files, func(file *ast.File) bool {
		return slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == strconv.Quote(path) })
	})
}

// gateNames gives the text of each constant of type Feature, and "true" or "false" of one that is a default.
func gateNames(files []*ast.File) map[string]string {
	names := map[string]string{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && len(spec.Names) == 1 && len(spec.Values) == 1 {
				if word := lastName(spec.Values[0]); word == "true" || word == "false" {
					names[spec.Names[0].Name] = word
				}
				value := spec.Values[0]
				if call, ok := value.(*ast.CallExpr); ok && len(call.Args) == 1 && lastName(call.Fun) == "Feature" {
					value = call.Args[0]
				}
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

// readSpec reads a FeatureSpec, or of VersionedSpecs the last that is not of a later minor. Not ok: none is.
func (s *schema) readSpec(name string, expr ast.Expr, names map[string]string) (gate, bool) {
	var found gate
	ok := false
	spec, isLit := expr.(*ast.CompositeLit)
	if !isLit || len(spec.Elts) == 0 {
		fail("%s: gate %s has no spec", s.minor, name)
	}
	if _, single := spec.Elts[0].(*ast.KeyValueExpr); single {
		found, _ = s.readOneSpec(name, spec, names)
		return found, true
	}
	last := -1
	for _, element := range spec.Elts {
		// the kubelet has no --min-compatibility-version, and so that of one minor before
		if min := minCompatibility(element.(*ast.CompositeLit)); min >= minorOf(s.minor) {
			continue
		}
		g, from := s.readOneSpec(name, element.(*ast.CompositeLit), names)
		if from <= minorOf(s.minor) && from > last {
			found, last, ok = g, from, true
		}
	}
	return found, ok
}

func (s *schema) readOneSpec(name string, spec *ast.CompositeLit, names map[string]string) (gate, int) {
	g, from := gate{Name: name}, 0
	for _, element := range spec.Elts {
		pair := element.(*ast.KeyValueExpr)
		switch key := lastName(pair.Key); key {
		case "Default":
			g.Default = truth(s.minor, name, pair.Value, names)
		case "LockToDefault":
			g.Locked = truth(s.minor, name, pair.Value, names)
		case "PreRelease":
			g.Stage = stages[lastName(pair.Value)]
		case "Version":
			from = versionOf(pair.Value.(*ast.CallExpr).Args)
		case "MinCompatibilityVersion":
		default:
			fail("%s: gate %s has %s, which is not known", s.minor, name, key)
		}
	}
	if g.Stage == "" {
		fail("%s: gate %s has no stage", s.minor, name)
	}
	return g, from
}

func minCompatibility(spec *ast.CompositeLit) int {
	for _, element := range spec.Elts {
		if pair := element.(*ast.KeyValueExpr); lastName(pair.Key) == "MinCompatibilityVersion" {
			return versionOf(pair.Value.(*ast.CallExpr).Args)
		}
	}
	return 0
}

func truth(minor, name string, expr ast.Expr, names map[string]string) bool {
	word := lastName(expr)
	if constant := names[word]; constant != "" {
		word = constant
	}
	if word != "true" && word != "false" {
		fail("%s: gate %s is neither true nor false", minor, name)
	}
	return word == "true"
}

// versionOf reads the arguments of version.MustParse("1.31") or version.MajorMinor(1, 31).
func versionOf(args []ast.Expr) int {
	if len(args) == 1 {
		return minorOf(literal(args[0]))
	}
	return minorOf(args[0].(*ast.BasicLit).Value + "." + args[1].(*ast.BasicLit).Value)
}

func minorOf(version string) int {
	n, err := strconv.Atoi(strings.Split(version, ".")[1])
	if err != nil {
		fail("%s is no version", version)
	}
	return n
}

func lastName(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
