-- The running server: which client serves a buffer, and what it is asked.

local M = {}

---@param message string
---@param level? integer
function M.say(message, level)
  vim.notify('docksmith: ' .. message, level or vim.log.levels.INFO)
end

---@param buffer integer
---@return vim.lsp.Client?
function M.client(buffer)
  return vim.lsp.get_clients({ name = 'docksmith', bufnr = buffer })[1]
end

---The program of the server, as the configuration names it, so that `docksmith explain` is the same version.
---@return string
function M.program()
  local cmd = vim.lsp.config.docksmith.cmd
  if type(cmd) == 'table' then
    return cmd[1]
  end
  -- The server is reached in another way, such as through a socket; the program may still be here.
  return require('docksmith.options').get().path
end

---The version that the server has of a buffer's text, or will have once the changes on their way arrive.
---@param buffer integer
---@return integer
function M.version(buffer)
  return vim.lsp.util.buf_versions[buffer]
end

---Has the server carry out a command on a file. What goes wrong is said to the user.
---@param command 'docksmith.previewDockerfile'|'docksmith.renderToFile'|'docksmith.migrate'
---@param buffer integer The file; changes not yet sent are sent before.
---@param on_result fun(result: any, client: vim.lsp.Client)
---@param on_error? fun() Called beside the message.
---@return boolean asked
function M.execute(command, buffer, on_result, on_error)
  local client = M.client(buffer)
  if not client then
    M.say('no server is attached to this buffer; see :checkhealth docksmith', vim.log.levels.ERROR)
    return false
  end
  local params = { command = command, arguments = { vim.uri_from_bufnr(buffer) } }
  return (client:request('workspace/executeCommand', params, function(err, result)
    if not err then
      return on_result(result, client)
    end
    M.say(err.message, vim.log.levels.ERROR)
    if on_error then
      on_error()
    end
  end, buffer))
end

return M
