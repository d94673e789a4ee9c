-- `:DocksmithExplain`: the page of a rule.

local options = require('docksmith.options')
local server = require('docksmith.server')

local M = {}

---The rule of the finding under the cursor, else of the first one on its line.
---@return string?
function M.at_cursor()
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local on_line
  for _, finding in ipairs(vim.diagnostic.get(0, { lnum = row - 1 })) do
    if finding.source == 'docksmith' and finding.code then
      local rule = tostring(finding.code)
      local past = finding.end_lnum == row - 1 and finding.end_col <= column
      if finding.lnum == row - 1 and finding.col <= column and not past then
        return rule
      end
      on_line = on_line or rule
    end
  end
  return on_line
end

---The names of all rules, or none if the program cannot be run.
---@type string[]?
local rules

---@return string[]
local function all_rules()
  if rules then
    return rules
  end
  local ran, finished = pcall(function()
    return vim.system({ server.program(), 'rules', '--format', 'json' }, { text = true, timeout = 3000 }):wait()
  end)
  if not ran or finished.code ~= 0 then
    return {}
  end
  rules = vim.tbl_map(function(rule)
    return rule.name
  end, vim.json.decode(finished.stdout))
  return rules
end

---@param typed string
---@return string[]
function M.complete(typed)
  return vim.tbl_filter(function(name)
    return vim.startswith(name, typed)
  end, all_rules())
end

---Shows a page in a window of its own; `q` closes it.
---@param name string
---@param page string
local function show(name, page)
  local lines = vim.split(vim.trim(page), '\n')
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].bufhidden = 'wipe'
  vim.bo[buffer].filetype = 'docksmith-explain'
  vim.bo[buffer].modifiable = false
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, nowait = true, desc = 'Close the page' })
  if options.get().explain == 'split' then
    vim.cmd.split()
    vim.api.nvim_win_set_buf(0, buffer)
    return
  end
  vim.keymap.set('n', '<Esc>', '<Cmd>close<CR>', { buffer = buffer, nowait = true, desc = 'Close the page' })
  local width = 20
  for _, line in ipairs(lines) do
    width = math.max(width, vim.fn.strdisplaywidth(line))
  end
  width = math.max(1, math.min(width, vim.o.columns - 4))
  local height = math.max(1, math.min(#lines, vim.o.lines - 6))
  vim.api.nvim_open_win(buffer, true, {
    relative = 'editor',
    row = math.floor((vim.o.lines - height) / 2) - 1,
    col = math.floor((vim.o.columns - width) / 2),
    width = width,
    height = height,
    style = 'minimal',
    border = 'rounded',
    title = (' %s '):format(name),
  })
end

---@param name? string A rule or a key; by default the rule at the cursor.
function M.open(name)
  name = name or M.at_cursor()
  if not name then
    return server.say('no finding under the cursor; give the name of a rule', vim.log.levels.WARN)
  end
  local started, reason = pcall(
    vim.system,
    { server.program(), 'explain', '--color', 'never', '--', name },
    { text = true },
    vim.schedule_wrap(function(finished)
      if finished.code == 0 then
        show(name, finished.stdout)
      else
        local message = vim.trim(finished.stderr):gsub('^docksmith: ', '')
        server.say(message, vim.log.levels.ERROR)
      end
    end)
  )
  if not started then
    server.say(tostring(reason), vim.log.levels.ERROR)
  end
end

return M
