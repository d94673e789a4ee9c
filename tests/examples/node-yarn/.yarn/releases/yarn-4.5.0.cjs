#!/usr/bin/env node
// Yarn itself would be here.
