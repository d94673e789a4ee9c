-- Starting the server again: when the user asks for it, and when it died.

local server = require('docksmith.server')

local M = {}

---More deaths than this within the span mean that starting it again does not help.
local MOST = 4
local SPAN = 3 * 60 * 1000

---When the server died, in milliseconds, within the span.
---@type number[]
local deaths = {}

---Attaches a server to every loaded `docksmith.toml` that has none.
local function start()
  -- Enabling what is enabled only looks at the buffers again.
  vim.lsp.enable('docksmith')
end

function M.run()
  local clients = vim.lsp.get_clients({ name = 'docksmith' })
  deaths = {}
  for _, client in ipairs(clients) do
    client:stop()
  end
  local ended = vim.wait(3000, function()
    return #vim.lsp.get_clients({ name = 'docksmith', _uninitialized = true }) == 0
  end, 20)
  if not ended then
    for _, client in ipairs(clients) do
      client:stop(true)
    end
    vim.wait(1000, function()
      return #vim.lsp.get_clients({ name = 'docksmith', _uninitialized = true }) == 0
    end, 20)
  end
  start()
end

---Called when a server has ended.
---@param code integer
---@param signal integer
function M.ended(code, signal)
  -- SIGTERM is how Neovim ends a server that was told to stop and did not.
  local died = code ~= 0 or (signal ~= 0 and signal ~= 15)
  if not died or vim.v.exiting ~= vim.NIL then
    return
  end
  -- Neovim forgets the client in a callback that is scheduled after this one has been called.
  vim.schedule(function()
    vim.schedule(function()
      if not require('docksmith.options').get().restart then
        return
      end
      local now = vim.uv.now()
      deaths = vim.tbl_filter(function(time)
        return now - time < SPAN
      end, deaths)
      table.insert(deaths, now)
      if #deaths > MOST then
        return server.say('the server keeps dying and is not started again; :DocksmithRestart tries once more', vim.log.levels.ERROR)
      end
      start()
    end)
  end)
end

return M
