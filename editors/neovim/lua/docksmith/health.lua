-- `:checkhealth docksmith`.

local options = require('docksmith.options')
local server = require('docksmith.server')

local M = {}
local health = vim.health

local function check_neovim()
  health.start('docksmith: Neovim')
  health.ok('Neovim ' .. tostring(vim.version()))
  if vim.lsp.is_enabled and not vim.lsp.is_enabled('docksmith') then
    health.error('the server is not enabled', { "call vim.lsp.enable('docksmith')" })
  else
    health.ok('the server is enabled')
  end
  local mistakes = options.mistakes()
  for _, mistake in ipairs(mistakes) do
    health.error('vim.g.docksmith: ' .. mistake, { 'see :help docksmith-options; the defaults are used' })
  end
  if #mistakes == 0 then
    health.ok('vim.g.docksmith is sound')
  end
end

local function check_program()
  health.start('docksmith: program')
  local program = server.program()
  if vim.fn.executable(program) ~= 1 then
    return health.error(('`%s` is not an executable program'):format(program), {
      'put docksmith on the PATH, or set vim.g.docksmith = { path = "…" }',
    })
  end
  local ran, finished = pcall(function()
    return vim.system({ program, '--version' }, { text = true, timeout = 5000 }):wait()
  end)
  local version = ran and finished.code == 0 and finished.stdout:match('^docksmith (%S+)')
  if version then
    health.ok(('docksmith %s: %s'):format(version, vim.fn.exepath(program)))
  else
    health.error(('`%s --version` does not say the version of docksmith'):format(program))
  end
end

---@param client vim.lsp.Client
local function check_client(client)
  local about = client.server_info or {}
  health.ok(
    ('client %d: %s %s, positions in %s'):format(client.id, about.name or '?', about.version or '', client.offset_encoding)
  )
  health.info('root: ' .. (client.root_dir or 'none'))
  for buffer in pairs(client.attached_buffers) do
    health.info(('buffer %d: %s'):format(buffer, vim.api.nvim_buf_get_name(buffer)))
  end
  if vim.tbl_get(client.capabilities, 'workspace', 'didChangeWatchedFiles', 'dynamicRegistration') then
    health.ok('watchers: Neovim tells the server of changed files')
  else
    health.info('watchers: off, as is usual in Neovim on Linux; the server looks at the disk when a file is opened or saved')
  end
  if not vim.tbl_get(client.config, 'init_options', 'previewNotifications') then
    health.warn('previews are not live', { 'keep previewNotifications = true in init_options' })
  end
end

local function check_clients()
  health.start('docksmith: clients')
  local clients = vim.lsp.get_clients({ name = 'docksmith' })
  if #clients == 0 then
    return health.info('no client runs; one starts when a file named docksmith.toml is opened')
  end
  for _, client in ipairs(clients) do
    check_client(client)
  end
end

function M.check()
  check_neovim()
  check_program()
  check_clients()
end

return M
