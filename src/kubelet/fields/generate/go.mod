module kcfg/fields

go 1.22
