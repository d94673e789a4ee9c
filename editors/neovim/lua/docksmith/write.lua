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
---@param lines string[]
local function replace_and_save(name, lines)
  local buffer = vim.fn.bufadd(name)
  vim.fn.bufload(buffer)
  vim.bo[buffer].buflisted = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.api.nvim_buf_call(buffer, function()
    vim.cmd('silent keepalt write!')
  end)
end

---The one file that an edit makes anew, and its text.
---@param edit lsp.WorkspaceEdit
---@return string? name
---@return string? text
local function made_anew(edit)
  local create, change = unpack(edit.documentChanges or {})
  if create and create.kind == 'create' and change and change.textDocument.uri == create.uri and #change.edits == 1 then
    return vim.uri_to_fname(create.uri), change.edits[1].newText
  end
end

---Handles `workspace/applyEdit`: what `:DocksmithWrite` waits for is saved, all else is Neovim's.
---@param err lsp.ResponseError?
---@param request lsp.ApplyWorkspaceEditParams
---@param context lsp.HandlerContext
---@return lsp.ApplyWorkspaceEditResult
function M.apply(err, request, context)
  local name, text = made_anew(request.edit)
  if not name or not awaited[name] then
    return vim.lsp.handlers['workspace/applyEdit'](err, request, context)
  end
  awaited[name] = nil
  local lines = vim.split(text or '', '\n')
  -- The last line ends with a line break, which a buffer does not hold as a line of its own.
  if lines[#lines] == '' then
    table.remove(lines)
  end
  local saved, reason = pcall(replace_and_save, name, lines)
  if saved then
    server.say(('wrote %s, %d lines'):format(vim.fn.fnamemodify(name, ':~:.'), #lines))
  else
    server.say(tostring(reason), vim.log.levels.ERROR)
  end
  return { applied = saved, failureReason = not saved and tostring(reason) or nil }
end

function M.run()
  local buffer = vim.api.nvim_get_current_buf()
  local uri = vim.uri_from_bufnr(buffer)
  local name = vim.uri_to_fname((uri:gsub('[^/]*$', 'Dockerfile')))
  awaited[name] = true
  local function forget()
    awaited[name] = nil
  end
  if not server.execute('docksmith.renderToFile', buffer, function() end, forget) then
    forget()
  end
end

return M
