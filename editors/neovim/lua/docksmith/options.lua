-- The user's options, from the table `vim.g.docksmith`.

local M = {}

---What `vim.g.docksmith` may hold; every field may be absent.
---@class docksmith.UserOptions
---@field path? string
---@field preview? 'right'|'left'|'below'|'above'
---@field sync? boolean
---@field explain? 'float'|'split'
---@field code_lens? boolean
---@field inlay_hints? boolean
---@field restart? boolean

---@class docksmith.Options
---@field path string The server's program; `$DOCKSMITH_BIN`, else `docksmith` on the `PATH`.
---@field preview 'right'|'left'|'below'|'above' Where the preview opens, seen from the file.
---@field sync boolean Whether the cursors of the file and its preview follow each other.
---@field explain 'float'|'split' The window of `:DocksmithExplain`.
---@field code_lens boolean Whether code lenses are shown without being asked for.
---@field inlay_hints boolean Whether inlay hints are turned on in `docksmith.toml`.
---@field restart boolean Whether a server that died is started again.

---@return docksmith.Options
local function defaults()
  return {
    path = vim.env.DOCKSMITH_BIN or 'docksmith',
    preview = 'right',
    sync = true,
    explain = 'float',
    code_lens = true,
    inlay_hints = false,
    restart = true,
  }
end

local CHOICES = {
  preview = { 'right', 'left', 'below', 'above' },
  explain = { 'float', 'split' },
}

---What is wrong with the user's options, one sentence each.
---@return string[]
function M.mistakes()
  local given = vim.g.docksmith
  if given == nil then
    return {}
  elseif type(given) ~= 'table' then
    return { '`vim.g.docksmith` is not a table' }
  end
  local known, found = defaults(), {}
  for name, value in vim.spairs(given) do
    local choices = CHOICES[name]
    if known[name] == nil then
      table.insert(found, ('there is no option `%s`'):format(name))
    elseif type(value) ~= type(known[name]) then
      table.insert(found, ('`%s` must be a %s'):format(name, type(known[name])))
    elseif choices and not vim.list_contains(choices, value) then
      table.insert(found, ('`%s` must be one of %s'):format(name, table.concat(choices, ', ')))
    end
  end
  return found
end

---The user's options over the defaults. A file of settings with a mistake must not stop the editor: then the defaults
---hold, and `:checkhealth docksmith` says why.
---@return docksmith.Options
function M.get()
  if #M.mistakes() > 0 then
    return defaults()
  end
  return vim.tbl_extend('force', defaults(), vim.g.docksmith or {})
end

return M
