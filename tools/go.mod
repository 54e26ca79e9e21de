// The project's own tools, apart from it so that nothing they do reaches its go.mod.
module github.com/ninth-coop/ninth/tools

go 1.26.0
