package main

import (
	"go/ast"
	"strconv"
	"strings"
)

// readSpec reads a FeatureSpec, or of VersionedSpecs the last that is not of a later minor. Not ok: none is.
func (s *schema) readSpec(name string, expr ast.Expr, names constants) (gate, bool) {
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

func (s *schema) readOneSpec(name string, spec *ast.CompositeLit, names constants) (gate, int) {
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

func truth(minor, name string, expr ast.Expr, names constants) bool {
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
