-- `:DocksmithWrite`: the Dockerfile beside the file, written by the editor.
--
-- The server sends the text as an edit of the workspace that makes the file anew. Neovim would empty the file on the disk
-- and put the text before that of a buffer that shows it, so here the buffer's text is replaced instead: `u` gets the old
-- one back.

local server = require('docksmith.server')

local M = {}

---The Dockerfiles that the user has asked for and that have not been sent yet.
---@type table<string, true>
local awaited = {}

---@param name string
---@param lines? string[] The new text, unless the buffer has it already.
local function save(name, lines)
  local buffer = vim.fn.bufadd(name)
  vim.fn.bufload(buffer)
  vim.bo[buffer].buflisted = true
  if lines then
    vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  end
  vim.api.nvim_buf_call(buffer, function()
    vim.cmd('silent keepalt write!')
  end)
end

---The Dockerfile that is awaited and that an edit changes, and its whole text if the edit makes it anew.
---@param edit lsp.WorkspaceEdit
---@return string? name
---@return string? text
local function awaited_by(edit)
  local name, is_new, text
  for _, change in ipairs(edit.documentChanges or {}) do
    local file = vim.uri_to_fname(change.uri or change.textDocument.uri)
    if awaited[file] then
      name = file
      is_new = is_new or change.kind == 'create'
      text = is_new and change.edits and #change.edits == 1 and change.edits[1].newText or nil
    end
  end
  return name, text
end

---@param text string
---@return string[]
local function lines_of(text)
  local lines = vim.split(text, '\n')
  -- The last line ends with a line break, which a buffer does not hold as a line of its own.
  if lines[#lines] == '' then
    table.remove(lines)
  end
  return lines
end

---Handles `workspace/applyEdit`: what `:DocksmithWrite` waits for is saved, all else is Neovim's.
---@param err lsp.ResponseError?
---@param request lsp.ApplyWorkspaceEditParams
---@param context lsp.HandlerContext
---@return lsp.ApplyWorkspaceEditResult
function M.apply(err, request, context)
  local name, text = awaited_by(request.edit)
  local applied = { applied = true } ---@type lsp.ApplyWorkspaceEditResult
  if not name or not text then
    applied = vim.lsp.handlers['workspace/applyEdit'](err, request, context)
  end
  if not name or not applied.applied then
    return applied
  end
  awaited[name] = nil
  local saved, reason = pcall(save, name, text and lines_of(text))
  if saved then
    server.say('wrote ' .. vim.fn.fnamemodify(name, ':.'))
    return applied
  end
  server.say(tostring(reason), vim.log.levels.ERROR)
  return { applied = false, failureReason = tostring(reason) }
end

function M.run()
  local buffer = vim.api.nvim_get_current_buf()
  local name = vim.fs.joinpath(vim.fs.dirname(vim.api.nvim_buf_get_name(buffer)), 'Dockerfile')
  awaited[name] = true
  local function forget()
    awaited[name] = nil
  end
  if not server.execute('docksmith.renderToFile', buffer, function() end, forget) then
    forget()
  end
end

return M
