-- What happens in a buffer when the server attaches to it.

local options = require('docksmith.options')

local M = {}

---Keeps the code lenses of a buffer fresh.
---@param buffer integer
local function show_code_lenses(buffer)
  -- Newer versions of Neovim do this by themselves.
  if vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(true, { bufnr = buffer })
    return
  end
  local group = vim.api.nvim_create_augroup('docksmith.code_lens', { clear = false })
  vim.api.nvim_clear_autocmds({ group = group, buffer = buffer })
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'TextChanged' }, {
    group = group,
    buffer = buffer,
    desc = 'docksmith: refresh code lenses',
    callback = function()
      vim.lsp.codelens.refresh({ bufnr = buffer })
    end,
  })
  vim.lsp.codelens.refresh({ bufnr = buffer })
end

---@param client vim.lsp.Client
---@param buffer integer
function M.attached(client, buffer)
  local chosen = options.get()
  if chosen.code_lens and client:supports_method('textDocument/codeLens', buffer) then
    show_code_lenses(buffer)
  end
  if chosen.inlay_hints then
    vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  end
  -- A server that was started again knows nothing of the previews that are open.
  local preview = package.loaded['docksmith.preview']
  if preview then
    preview.refresh(buffer)
  end
end

return M
