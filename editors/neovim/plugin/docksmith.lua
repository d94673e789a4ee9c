-- Starts the server for files named `docksmith.toml`, and defines the commands. What they do is loaded when they are used.

if vim.g.loaded_docksmith then
  return
end
vim.g.loaded_docksmith = true

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify('docksmith needs Neovim 0.11 or newer; for older ones see editors/README.md', vim.log.levels.WARN)
  return
end

vim.lsp.enable('docksmith')

-- The code lenses of the server name this command.
vim.lsp.commands['docksmith.previewDockerfile'] = function(_, context)
  require('docksmith.preview').open(context.bufnr)
end

local group = vim.api.nvim_create_augroup('docksmith', {})

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  desc = 'docksmith: code lenses, inlay hints, and an open preview of a server that starts again',
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'docksmith' then
      require('docksmith.attach').attached(client, event.buf)
    end
  end,
})

vim.api.nvim_create_autocmd('BufReadCmd', {
  group = group,
  pattern = 'docksmith-preview://*',
  desc = 'docksmith: `:edit` fills a preview again',
  callback = function(event)
    require('docksmith.preview').reload(event.buf)
  end,
})

local command = vim.api.nvim_create_user_command

command('DocksmithPreview', function(call)
  local preview = require('docksmith.preview')
  if call.bang then
    preview.close()
  else
    preview.open()
  end
end, { bang = true, desc = 'Show the Dockerfile of this docksmith.toml beside it; with ! close it' })

command('DocksmithExplain', function(call)
  require('docksmith.explain').open(call.args ~= '' and call.args or nil)
end, {
  nargs = '?',
  complete = function(typed)
    return require('docksmith.explain').complete(typed)
  end,
  desc = 'Explain a rule, by default that of the finding under the cursor',
})

command('DocksmithMigrate', function()
  require('docksmith.migrate').run()
end, { desc = 'Rewrite old spellings to the canonical ones' })

command('DocksmithWrite', function()
  require('docksmith.write').run()
end, { desc = 'Write the Dockerfile beside this docksmith.toml' })

command('DocksmithRestart', function()
  require('docksmith.restart').run()
end, { desc = 'Stop the docksmith server and start it again' })
