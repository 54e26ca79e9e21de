package sync_test

import (
	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/sync"
)

var _ sync.CoOp = (*api.Client)(nil)
