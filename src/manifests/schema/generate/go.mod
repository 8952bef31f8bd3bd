module kcfg/schema

go 1.22
