-- How Neovim starts the server. `vim.lsp.config('docksmith', …)` changes any part of it.

---@type vim.lsp.Config
return {
  cmd = { require('docksmith.options').get().path, 'lsp' },
  filetypes = { 'toml' },
  -- A function rather than `root_markers`: other TOML files are not ours.
  root_dir = function(buffer, on_dir)
    local file = vim.api.nvim_buf_get_name(buffer)
    if vim.fs.basename(file) == 'docksmith.toml' then
      on_dir(vim.fs.root(buffer, '.git') or vim.fs.dirname(file))
    end
  end,
  -- Neovim can do this but does not say so, and the server makes no file for an editor that cannot.
  capabilities = { workspace = { workspaceEdit = { documentChanges = true } } },
  init_options = { previewNotifications = true },
  handlers = {
    ['docksmith/previewChanged'] = function(_, change, context)
      require('docksmith.preview').changed(change, context.client_id)
    end,
    ['workspace/applyEdit'] = function(err, request, context)
      return require('docksmith.write').apply(err, request, context)
    end,
  },
  on_exit = function(code, signal)
    require('docksmith.restart').ended(code, signal)
  end,
}
