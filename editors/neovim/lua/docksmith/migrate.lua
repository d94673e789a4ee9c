-- `:DocksmithMigrate`: the file in its canonical spelling.

local server = require('docksmith.server')

local M = {}

---@param edit? lsp.WorkspaceEdit
---@return boolean
local function is_empty(edit)
  return not edit or (vim.tbl_isempty(edit.changes or {}) and vim.tbl_isempty(edit.documentChanges or {}))
end

function M.run()
  server.execute('docksmith.migrate', vim.api.nvim_get_current_buf(), function(edit, client)
    if is_empty(edit) then
      return server.say('nothing to migrate')
    end
    vim.lsp.util.apply_workspace_edit(edit, client.offset_encoding)
  end)
end

return M
