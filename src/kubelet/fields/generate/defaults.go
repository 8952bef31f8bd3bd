package main

import (
	"go/ast"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const golden = "pkg/kubelet/apis/config/scheme/testdata/KubeletConfiguration/after/v1beta1.yaml"

// addDefaults takes the kubelet's own file of an empty configuration with its defaults; evictionHard, which differs
// by operating system, from where Linux has it; and, of fields that cannot be absent in Go, the zero.
func (s *schema) addDefaults(m modules) {
	kubernetes := m.dir("k8s.io/kubernetes", "v"+s.version)
	text, err := os.ReadFile(filepath.Join(kubernetes, golden))
	if err != nil {
		fail("%v", err)
	}
	values := parseGolden(string(text))
	if _, there := values["evictionHard"]; !there {
		values["evictionHard"] = evictionHard(filepath.Join(kubernetes, "pkg/kubelet/eviction/defaults_linux.go"))
	}
	delete(values, "apiVersion")
	delete(values, "kind")
	s.spread(root, values)
}

func (s *schema) spread(structure string, values map[string]any) {
	for _, f := range s.structures[structure] {
		value, there := values[f.Name]
		delete(values, f.Name)
		switch {
		case f.Kind == "object":
			inner, _ := value.(map[string]any)
			if inner == nil {
				inner = map[string]any{}
			}
			// of a structure that is absent altogether nothing is filled in
			if !strings.HasPrefix(f.Go, "*") {
				s.spread(f.Structure, inner)
			}
		case there:
			f.Default = value
		case f.Go == "bool":
			f.Default = false
		case f.Kind == "integer" && !strings.HasPrefix(f.Go, "*"):
			f.Default = 0
		case f.Go == "metav1.Duration":
			f.Default = "0s"
		}
	}
	for name := range values {
		fail("%s: the defaults have %s, which %s has not", s.minor, name, structure)
	}
}

// parseGolden reads as much YAML as that file has: maps by indentation, lists of scalars, and {}.
func parseGolden(text string) map[string]any {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	at := 0
	var block func(indent int) map[string]any
	block = func(indent int) map[string]any {
		found := map[string]any{}
		for at < len(lines) {
			line := lines[at]
			depth := len(line) - len(strings.TrimLeft(line, " "))
			if depth < indent {
				break
			}
			name, rest, ok := strings.Cut(strings.TrimSpace(line), ":")
			if depth > indent || !ok {
				fail("%s: line %d is not understood: %s", golden, at+1, line)
			}
			at++
			switch rest = strings.TrimSpace(rest); {
			case rest == "{}":
				found[name] = map[string]any{}
			case rest != "":
				found[name] = scalar(rest)
			case at < len(lines) && strings.HasPrefix(lines[at], strings.Repeat(" ", indent)+"- "):
				var items []any
				for at < len(lines) && strings.HasPrefix(lines[at], strings.Repeat(" ", indent)+"- ") {
					items = append(items, scalar(strings.TrimSpace(lines[at])[2:]))
					at++
				}
				found[name] = items
			default:
				found[name] = block(indent + 2)
			}
		}
		return found
	}
	return block(0)
}

func scalar(text string) any {
	if strings.HasPrefix(text, `"`) {
		value, err := strconv.Unquote(text)
		if err != nil {
			fail("%s: %s: %v", golden, text, err)
		}
		return value
	}
	if text == "true" || text == "false" {
		return text == "true"
	}
	if value, err := strconv.ParseInt(text, 10, 64); err == nil {
		return value
	}
	if value, err := strconv.ParseFloat(text, 64); err == nil {
		return value
	}
	return text
}

func evictionHard(path string) map[string]any {
	found := map[string]any{}
	for _, file := range parseFiles(path) {
		ast.Inspect(file, func(n ast.Node) bool {
			if pair, ok := n.(*ast.KeyValueExpr); ok {
				found[literal(pair.Key)] = literal(pair.Value)
			}
			return true
		})
	}
	if len(found) == 0 {
		fail("%s has no thresholds", path)
	}
	return found
}

func literal(expr ast.Expr) string {
	lit, ok := expr.(*ast.BasicLit)
	if !ok {
		fail("no literal: %T", expr)
	}
	value, err := strconv.Unquote(lit.Value)
	if err != nil {
		fail("%s: %v", lit.Value, err)
	}
	return value
}
