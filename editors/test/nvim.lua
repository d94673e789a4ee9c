-- The plugin in a real Neovim: `nvim --clean -l editors/test/nvim.lua`, with DOCKSMITH_BIN set.
--
-- Each test drives a Neovim of its own through its main loop, so that keys, autocommands and windows behave as they do for
-- a user, which they do not in a script.

local here = vim.fs.dirname(vim.fs.abspath(arg[0]))
local plugin = vim.fs.joinpath(vim.fs.dirname(here), 'neovim')
local LIMIT = 10000
-- When nothing works any more, the rest need not be waited for.
local ENOUGH = 5

---@param path string
---@return string
local function read(path)
  local file = assert(io.open(path))
  local text = file:read('*a')
  file:close()
  return text
end

---@param path string
---@param text string
local function write(path, text)
  vim.fn.mkdir(vim.fs.dirname(path), 'p')
  local file = assert(io.open(path, 'w'))
  file:write(text)
  file:close()
end

local FIXTURE = read(vim.fs.joinpath(here, 'fixture.toml'))
local SOUND = FIXTURE:gsub('intervall', 'interval')
assert(SOUND ~= FIXTURE)

-- What the fixture speaks of, so that the rules about the disk are content.
local PROJECT = {
  ['.dockerignore'] = '.git\n',
  ['go.mod'] = 'module example.com/server\n\ngo 1.26\n',
  ['go.sum'] = '',
  ['cmd/server/main.go'] = 'package main\n\nfunc main() {}\n',
}

---Waits until a function returns something true, and returns it.
local function soon(what, f)
  local value
  local came = vim.wait(LIMIT, function()
    value = f()
    return value
  end, 20)
  return came and value or error('this did not come: ' .. what, 2)
end

local function equal(found, expected)
  if not vim.deep_equal(found, expected) then
    error(('found %s, expected %s'):format(vim.inspect(found), vim.inspect(expected)), 2)
  end
end

---What every Neovim under test runs first: what it says to the user is kept, and a choice is the first one.
local PRELUDE = [[
  said = {}
  vim.notify = function(message, level) table.insert(said, { message, level or vim.log.levels.INFO }) end
  vim.ui.select = function(items, _, chosen) chosen(items[1], 1) end
  vim.opt.shortmess:append('aoOtTIcCF')
  vim.opt.more = false
  vim.opt.columns, vim.opt.lines = 140, 40
]]

---@class Session A Neovim that shows a file.
---@field folder string
---@field file string
local Session = {}
Session.__index = Session

---@param text string
---@param options? { name?: string, settings?: string, files?: table<string, string>, plugin?: boolean }
---@return Session
local function start(text, options)
  options = options or {}
  local self = setmetatable({}, Session)
  self.folder = vim.uv.fs_realpath(vim.fn.tempname():match('(.*)/')) .. '/' .. vim.uv.hrtime()
  self.project = self.folder .. '/project'
  self.file = self.project .. '/' .. (options.name or 'docksmith.toml')
  write(self.file, text)
  for name, content in pairs(vim.tbl_extend('force', PROJECT, options.files or {})) do
    write(self.project .. '/' .. name, content)
  end
  local env = { HOME = self.folder, NVIM_APPNAME = 'nvim', NVIM = '', NVIM_LOG_FILE = self.folder .. '/nvim.log' }
  for _, kind in ipairs({ 'CONFIG', 'DATA', 'STATE', 'CACHE' }) do
    env['XDG_' .. kind .. '_HOME'] = self.folder .. '/' .. kind
  end
  local settings = self.folder .. '/settings.lua'
  write(settings, PRELUDE .. (options.settings or ''))
  self.channel = vim.fn.jobstart({
    vim.v.progpath, '--clean', '-n', '--embed', '--headless',
    '--cmd', 'set runtimepath^=' .. plugin, '--cmd', 'luafile ' .. settings, self.file,
  }, { rpc = true, env = env, cwd = self.project })
  assert(self.channel > 0, 'Neovim does not start')
  return self
end

---Runs Lua in the Neovim under test.
function Session:lua(code, ...)
  local result = vim.rpcrequest(self.channel, 'nvim_exec_lua', code, { ... })
  if result ~= vim.NIL then
    return result
  end
end

---Types keys.
function Session:keys(keys)
  vim.rpcrequest(self.channel, 'nvim_input', keys)
end

function Session:command(command)
  vim.rpcrequest(self.channel, 'nvim_command', command)
end

function Session:stop()
  self:lua([[for _, client in ipairs(vim.lsp.get_clients()) do client:stop(true) end]])
  vim.fn.jobstop(self.channel)
  vim.fn.jobwait({ self.channel }, 3000)
  vim.fn.delete(self.folder, 'rf')
end

---The lines of the file, or of another buffer.
function Session:lines(buffer)
  return self:lua('return vim.api.nvim_buf_get_lines(..., 0, -1, false)', buffer or self:lua('return vim.fn.bufnr(...)', self.file))
end

function Session:line(number)
  return self:lines()[number]
end

---The row and column of the cursor of a window, by default the current one.
function Session:cursor(window)
  return self:lua('return vim.api.nvim_win_get_cursor(...)', window or 0)
end

function Session:attached()
  return soon('a server', function()
    return self:lua([[
      local client = vim.lsp.get_clients({ name = 'docksmith', bufnr = 0 })[1]
      return client and client.initialized and client.id or nil
    ]])
  end)
end

---Waits until the file has exactly the findings of these rules.
function Session:findings(...)
  local expected = { ... }
  local codes
  local came = vim.wait(LIMIT, function()
    codes = self:lua([[
      return vim.tbl_map(function(finding) return finding.code end, vim.diagnostic.get(vim.fn.bufnr(...)))
    ]], self.file)
    return vim.deep_equal(codes, expected)
  end, 20)
  return came or error(('found %s, expected %s'):format(vim.inspect(codes), vim.inspect(expected)), 2)
end

---What the server answers to a request about a place of the file, row and column from 0.
function Session:ask(method, row, column, more)
  return self:lua([[
    local method, row, column, more = ...
    local params = { textDocument = vim.lsp.util.make_text_document_params(0), position = { line = row, character = column } }
    params = vim.tbl_extend('force', params, more or {})
    local client = vim.lsp.get_clients({ name = 'docksmith', bufnr = 0 })[1]
    local reply = assert(client:request_sync(method, params, 5000))
    assert(not reply.err, vim.inspect(reply.err))
    return reply.result
  ]], method, row, column, more or vim.empty_dict())
end

function Session:labels(row, column)
  local result = self:ask('textDocument/completion', row, column)
  return vim.tbl_map(function(item)
    return (item.label:gsub('"', ''))
  end, result.items or result)
end

---Waits for something that is said to the user.
function Session:said(pattern)
  return soon('the message ' .. pattern, function()
    for _, message in ipairs(self:lua('return said')) do
      if message[1]:match(pattern) then
        return message[1]
      end
    end
  end)
end

---The buffer and window of the preview of a project.
function Session:preview(project)
  local name = ('docksmith-preview://%s/Dockerfile'):format(project or self.project)
  local found = soon('the preview', function()
    local pair = self:lua([[
      for _, window in ipairs(vim.api.nvim_list_wins()) do
        local buffer = vim.api.nvim_win_get_buf(window)
        if vim.api.nvim_buf_get_name(buffer) == ... then return { buffer, window } end
      end
    ]], name)
    return pair
  end)
  return found[1], found[2]
end

---The row of the first line of a buffer that matches, from 1.
function Session:row(buffer, pattern)
  for row, line in ipairs(self:lines(buffer)) do
    if line:match(pattern) then
      return row
    end
  end
end

function Session:shows(buffer, pattern)
  return soon('the line ' .. pattern, function()
    return self:row(buffer, pattern)
  end)
end

---The rows that are marked in a buffer, from 1.
function Session:marked(buffer)
  return self:lua([[
    local namespace = vim.api.nvim_create_namespace('docksmith.preview')
    return vim.tbl_map(function(mark) return mark[2] + 1 end, vim.api.nvim_buf_get_extmarks(..., namespace, 0, -1, {}))
  ]], buffer)
end

---Opens the preview of a sound file and waits until it is shown.
function Session:open_preview()
  self:attached()
  self:command('DocksmithPreview')
  local buffer, window = self:preview()
  self:shows(buffer, '^FROM')
  return buffer, window
end

local passed, failed = 0, 0
local only = arg[1]

---@param name string
---@param text string
---@param body fun(session: Session)
---@param options? table
local function test(name, text, body, options)
  if only and not name:match(only) then
    return
  end
  if failed >= ENOUGH then
    failed = failed + 1
    io.stdout:write('not ok ' .. name .. ' (not tried)\n')
    return
  end
  local began = vim.uv.now()
  local session = start(text, options)
  local ok, reason = xpcall(body, debug.traceback, session)
  if ok and not (options and options.ended) then
    local errors = session:lua('return vim.tbl_filter(function(m) return m[2] >= vim.log.levels.ERROR end, said)')
    local expected = options and options.errors
    if #errors > 0 and not expected then
      ok, reason = false, 'errors were shown: ' .. vim.inspect(errors)
    end
    local messages = session:lua('return vim.fn.execute("messages")')
    if (messages:match('E%d+:') or messages:match('Error')) and not expected then
      ok, reason = false, 'an error was shown: ' .. messages
    end
  end
  if not ok then
    local told, said = pcall(session.lua, session, 'return said')
    reason = tostring(reason) .. '\nsaid: ' .. (told and vim.inspect(said) or 'nothing')
  end
  pcall(session.stop, session)
  passed, failed = passed + (ok and 1 or 0), failed + (ok and 0 or 1)
  io.stdout:write(('%s %s (%d ms)\n'):format(ok and 'ok' or 'not ok', name, vim.uv.now() - began))
  if not ok then
    io.stdout:write('  ' .. tostring(reason):gsub('\n', '\n  ') .. '\n')
  end
  io.stdout:flush()
end

test('the server attaches to docksmith.toml', SOUND, function(session)
  session:attached()
  equal(session:lua('return vim.bo.filetype'), 'toml')
end)

test('the server attaches to no other TOML file', SOUND, function(session)
  session:attached()
  session:command('edit ' .. session.project .. '/other.toml')
  equal(session:lua('return vim.bo.filetype'), 'toml')
  -- Once the server has answered for the first file, it would have been attached to this one too.
  session:command('split ' .. session.file)
  session:ask('textDocument/hover', 0, 2)
  equal(session:lua('return #vim.lsp.get_clients({ bufnr = vim.fn.bufnr("other.toml") })'), 0)
end, { files = { ['other.toml'] = 'language = "go"\n' } })

test('nothing of the plugin is loaded without a docksmith.toml', 'x = 1\n', function(session)
  local loaded = session:lua([[
    return vim.tbl_filter(function(name) return name:match('^docksmith') end, vim.tbl_keys(package.loaded))
  ]])
  -- Neovim reads the configuration of every enabled server, and with it the options, to compare the file type.
  equal(loaded, { 'docksmith.options' })
end, { name = 'pyproject.toml' })

test('a mistake is reported at its place', FIXTURE, function(session)
  session:findings('unknown-key')
  local finding = session:lua('return vim.diagnostic.get(0)[1]')
  equal({ finding.lnum, finding.col, finding.end_col, finding.source }, { 19, 0, 9, 'docksmith' })
end)

test('a stage is completed', SOUND, function(session)
  session:attached()
  local labels = session:labels(14, 8)
  assert(vim.list_contains(labels, 'builder') and vim.list_contains(labels, 'web'), vim.inspect(labels))
end)

test('a copy source is completed from the disk', SOUND .. '\n[[runtime.copy]]\nsrc = ""\n', function(session)
  session:attached()
  local labels = session:labels(22, 7)
  assert(vim.list_contains(labels, 'assets/'), vim.inspect(labels))
end, { files = { ['assets/logo.svg'] = '' } })

test('the editor completes what is typed', SOUND, function(session)
  session:attached()
  session:lua([[
    vim.opt.completeopt = 'menuone,noinsert'
    vim.lsp.completion.enable(true, vim.lsp.get_clients({ name = 'docksmith' })[1].id, 0, { autotrigger = false })
    vim.api.nvim_win_set_cursor(0, { 15, 8 })
  ]])
  session:keys('ci"<Del>buil<C-x><C-o>')
  soon('a menu', function()
    return session:lua('return vim.fn.pumvisible() == 1')
  end)
  session:keys('<C-y><Esc>')
  equal(session:line(15), 'from = "builder"')
end)

-- Neovim replaces what stands before the cursor, and nothing behind it: what closes a token must not come twice.
for _, case in ipairs({
  { 'a stage between quotes', 'from = "buil"', 12, 'from = "builder"' },
  { 'a stage between single quotes', "from = 'we'", 10, "from = 'web'" },
  { 'a stage without quotes', 'from = buil', 11, 'from = "builder"' },
  { 'a stage in a step', 'steps = ["COPY --from=buil /é /x"]', 26, 'steps = ["COPY --from=builder /é /x"]' },
  { 'a quoted key', '"li"', 3, '"link"' },
  { 'a header between brackets', '[st]', 3, '[[stages]]' },
}) do
  local name, typed, column, expected = unpack(case)
  test('the editor completes ' .. name, SOUND .. '[[runtime.copy]]\n' .. typed .. '\n', function(session)
    session:attached()
    local row = #vim.split(SOUND, '\n') + 1
    session:lua([[
      local row, column = ...
      vim.opt.completeopt = 'menuone,noinsert'
      vim.lsp.completion.enable(true, vim.lsp.get_clients({ name = 'docksmith' })[1].id, 0, { autotrigger = false })
      vim.api.nvim_win_set_cursor(0, { row, column })
    ]], row, column - 1)
    session:keys('a<C-x><C-o>')
    soon('a menu', function()
      return session:lua('return vim.fn.pumvisible() == 1')
    end)
    session:keys('<C-y><Esc>')
    equal(vim.list_slice(session:lines(), row), { expected })
  end)
end

test('a key has a hover text', SOUND, function(session)
  session:attached()
  assert(session:ask('textDocument/hover', 0, 2).contents.value:match('language'))
  session:keys('ggK')
  soon('a floating window', function()
    return session:lua('return #vim.api.nvim_list_wins() == 2')
  end)
end)

test('the use of a stage leads to its definition', SOUND, function(session)
  session:attached()
  session:lua('vim.api.nvim_win_set_cursor(0, { 15, 9 })')
  session:lua('vim.lsp.buf.definition()')
  soon('the definition', function()
    return session:cursor()[1] == 7
  end)
end)

test('the references of a stage are its name and its use', SOUND, function(session)
  session:attached()
  local found = session:ask('textDocument/references', 6, 9, { context = { includeDeclaration = true } })
  local rows = vim.tbl_map(function(location)
    return location.range.start.line + 1
  end, found)
  table.sort(rows)
  equal(rows, { 7, 15 })
end)

test('the editor renames a stage everywhere', SOUND, function(session)
  session:attached()
  session:lua('vim.api.nvim_win_set_cursor(0, { 7, 9 })')
  session:lua('vim.lsp.buf.rename("frontend")')
  soon('the new name', function()
    return session:line(7) == 'name = "frontend"' and session:line(15) == 'from = "frontend"'
  end)
end)

test('the editor applies a quick fix', FIXTURE, function(session)
  session:findings('unknown-key')
  session:lua('vim.api.nvim_win_set_cursor(0, { 20, 2 })')
  session:lua([[vim.lsp.buf.code_action({ apply = true, filter = function(a) return a.title:match('interval') ~= nil end })]])
  soon('the fix', function()
    return session:line(20) == 'interval = "30s"'
  end)
  session:findings()
end)

test('the editor formats the file', SOUND:gsub('expose = 8080', 'expose    =   8080'), function(session)
  session:attached()
  session:lua('vim.lsp.buf.format({ timeout_ms = 5000 })')
  equal(table.concat(session:lines(), '\n') .. '\n', (SOUND:gsub('\n%s*\n', '\n\n')))
end)

test('inlay hints are shown when they are turned on', SOUND, function(session)
  session:attached()
  soon('hints', function()
    return session:lua('return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0')
  end)
end, { settings = 'vim.g.docksmith = { inlay_hints = true }' })

test('inlay hints are off by default', SOUND, function(session)
  session:attached()
  assert(not session:lua('return vim.lsp.inlay_hint.is_enabled({ bufnr = 0 })'))
end)

test('the outline names stages', SOUND, function(session)
  session:attached()
  local names = {}
  local function collect(symbols)
    for _, symbol in ipairs(symbols) do
      names[symbol.name] = true
      collect(symbol.children or {})
    end
  end
  collect(session:ask('textDocument/documentSymbol', 0, 0))
  assert(names.web and names.runtime, vim.inspect(names))
end)

test('a code lens is shown and opens the preview', SOUND, function(session)
  session:attached()
  soon('code lenses', function()
    return session:lua('return #vim.lsp.codelens.get(0) > 0')
  end)
  -- The first table has it; of more than one in a line Neovim would ask.
  session:lua('vim.api.nvim_win_set_cursor(0, { 3, 0 }) vim.lsp.codelens.run()')
  session:shows(session:preview(), '^FROM')
end)

test('the preview is what the program renders, and read-only', SOUND, function(session)
  local buffer = session:open_preview()
  local rendered = vim.system({ vim.env.DOCKSMITH_BIN, 'dockerfile', session.project }, { text = true }):wait()
  equal(table.concat(session:lines(buffer), '\n') .. '\n', rendered.stdout)
  local set = session:lua('local b = vim.bo[...] return { b.buftype, b.filetype, b.modifiable, b.buflisted }', buffer)
  equal(set, { 'nofile', 'dockerfile', false, false })
end)

test('the preview opens beside the file and leaves the cursor there', SOUND, function(session)
  local _, window = session:open_preview()
  equal(session:lua('return vim.api.nvim_buf_get_name(0)'), session.file)
  assert(session:lua('return vim.api.nvim_win_get_position(...)[2] > 0', window))
end)

test('the preview opens only once', SOUND, function(session)
  session:open_preview()
  session:command('DocksmithPreview')
  equal(session:lua('return #vim.api.nvim_list_wins()'), 2)
end)

test('the preview follows what is typed', SOUND, function(session)
  local buffer = session:open_preview()
  session:lua('vim.api.nvim_win_set_cursor(0, { 12, 0 })')
  session:keys('Cexpose = 9090')
  session:shows(buffer, '^EXPOSE 9090$')
  equal(session:lua('return vim.api.nvim_get_mode().mode'), 'i')
  session:keys('<Esc>u')
  session:shows(buffer, '^EXPOSE 8080$')
end)

test('the preview of a broken file says so', FIXTURE, function(session)
  local buffer, window = session:open_preview()
  assert(session:row(buffer, '^EXPOSE 8080'))
  assert(session:lua('return vim.wo[...].winbar', window):match('has errors'))
  session:findings('unknown-key')
  session:lua('vim.api.nvim_win_set_cursor(0, { 20, 0 })')
  session:keys('Cinterval = "30s"<Esc>')
  soon('no note', function()
    return session:lua('return vim.wo[...].winbar', window) == '%<Dockerfile'
  end)
end)

test('an older preview never replaces a newer one', SOUND, function(session)
  session:attached()
  -- The first answer, and the second one but for its text, arrive after those that were asked for later.
  session:lua([[
    local client = vim.lsp.get_clients({ name = 'docksmith' })[1]
    local request = client.request
    client.request = function(self, method, params, handler, buffer)
      if method ~= 'workspace/executeCommand' then return request(self, method, params, handler, buffer) end
      return request(self, method, params, function(err, answer, context)
        handler(err, answer, context)
        local old = vim.deepcopy(answer)
        old.version, old.text = answer.version - 1, 'FROM old'
        handler(err, old, context)
        replayed = (replayed or 0) + 1
      end, buffer)
    end
  ]])
  session:command('DocksmithPreview')
  local buffer = session:preview()
  soon('an answer', function()
    return (session:lua('return replayed') or 0) > 0
  end)
  equal(session:row(buffer, '^FROM old'), nil)
  assert(session:row(buffer, '^EXPOSE 8080'))
end)

test('the cursor of the preview follows that of the file', SOUND, function(session)
  local buffer, window = session:open_preview()
  session:keys('12G$')
  local expose = session:row(buffer, '^EXPOSE')
  soon('the line', function()
    return session:cursor(window)[1] == expose
  end)
  equal(session:marked(buffer), { expose })
  equal(session:cursor(), { 12, 12 })
  session:keys('9G$')
  local mkdir = session:row(buffer, '^RUN mkdir')
  soon('the next line', function()
    return session:cursor(window)[1] == mkdir
  end)
  equal(session:marked(buffer), { mkdir })
end)

test('a key without a line of its own marks its table', SOUND, function(session)
  local buffer = session:open_preview()
  session:keys('7G')
  local from = session:row(buffer, '^FROM node')
  soon('the lines of the stage', function()
    return vim.deep_equal(session:marked(buffer), { from, from + 1 })
  end)
end)

test('the cursor of the file follows that of the preview', SOUND, function(session)
  local buffer, window = session:open_preview()
  local source = session:lua('return vim.api.nvim_get_current_win()')
  session:lua('vim.api.nvim_set_current_win(...)', window)
  session:keys(session:row(buffer, '^EXPOSE') .. 'G')
  soon('the key', function()
    return session:cursor(source)[1] == 12
  end)
  equal(session:marked(session:lua('return vim.fn.bufnr(...)', session.file)), { 12 })
  equal(session:lua('return vim.api.nvim_get_current_win()'), window)
end)

test('entering the preview does not move the cursor of the file', SOUND, function(session)
  local buffer, window = session:open_preview()
  local source = session:lua('return vim.api.nvim_get_current_win()')
  session:keys('7G4l')
  local from = session:row(buffer, '^FROM node')
  soon('the stage', function()
    return session:cursor(window)[1] == from
  end)
  session:keys('<C-w>l')
  soon('the preview', function()
    return session:lua('return vim.api.nvim_get_current_win()') == window
  end)
  session:keys('j')
  soon('the step', function()
    return session:cursor(source)[1] == 9
  end)
  session:keys('<C-w>h')
  session:keys('7G04l<C-w>l')
  soon('the preview', function()
    return session:lua('return vim.api.nvim_get_current_win()') == window
  end)
  equal(session:cursor(source), { 7, 4 })
end)

test('cursors rest while the preview is of another version', SOUND, function(session)
  local _, window = session:open_preview()
  session:keys('12G$')
  soon('the line', function()
    return session:cursor(window)[1] > 1
  end)
  local before = session:cursor(window)
  -- The server no longer gets asked, so what is shown stays behind.
  session:lua([[require('docksmith.server').execute = function() end]])
  session:keys('O# one more line<Esc>9G$')
  soon('the cursor', function()
    return session:cursor()[1] == 9
  end)
  equal(session:cursor(window), before)
end)

test('cursors do not follow each other when the user says so', SOUND, function(session)
  local buffer, window = session:open_preview()
  session:keys('12G$')
  soon('the cursor', function()
    return session:cursor()[1] == 12
  end)
  equal(session:cursor(window)[1], 1)
  equal(session:marked(buffer), {})
end, { settings = 'vim.g.docksmith = { sync = false }' })

test('columns are counted in bytes behind other alphabets', (SOUND:gsub('RUN mkdir /dist"', 'RUN echo 日本語 🐳", "RUN mkdir /dist"')), function(session)
  local buffer, window = session:open_preview()
  local source = session:lua('return vim.api.nvim_get_current_win()')
  session:lua('vim.api.nvim_set_current_win(...)', window)
  session:keys(session:row(buffer, '^RUN mkdir') .. 'G')
  soon('the step', function()
    local row, column = unpack(session:cursor(source))
    return row == 9 and session:line(9):sub(column + 1):match('^"RUN mkdir')
  end)
end)

test('Enter in the preview goes to the file', SOUND, function(session)
  local buffer, window = session:open_preview()
  session:lua('vim.api.nvim_set_current_win(...)', window)
  session:keys(session:row(buffer, '^EXPOSE') .. 'G<CR>')
  soon('the file', function()
    return session:lua('return vim.api.nvim_buf_get_name(0)') == session.file
  end)
  equal(session:cursor(), { 12, 9 })
  equal(session:lua('return #vim.api.nvim_list_wins()'), 2)
end)

test('Enter on a line that is nobody\'s says so', SOUND, function(session)
  local _, window = session:open_preview()
  session:lua('vim.api.nvim_set_current_win(...)', window)
  session:keys('gg<CR>')
  session:said('comes from no key')
end)

test('a closed preview leaves nothing behind', SOUND, function(session)
  local buffer, window = session:open_preview()
  session:keys('12G$')
  soon('the line', function()
    return #session:marked(buffer) == 1
  end)
  session:lua('vim.api.nvim_win_close(..., false)', window)
  soon('the end', function()
    return not session:lua('return vim.api.nvim_buf_is_valid(...)', buffer)
  end)
  equal(session:marked(session:lua('return vim.fn.bufnr(...)', session.file)), {})
  equal(session:lua('return #vim.api.nvim_get_autocmds({ event = "CursorMoved", buffer = 0 })'), 0)
  session:keys('12G0Cexpose = 9090<Esc>')
  session:command('DocksmithPreview')
  session:shows(session:preview(), '^EXPOSE 9090$')
  session:command('DocksmithPreview!')
  equal(session:lua('return #vim.api.nvim_list_wins()'), 1)
end)

test('a preview goes with its file', SOUND, function(session)
  local buffer = session:open_preview()
  session:command('bdelete')
  soon('the end', function()
    return not session:lua('return vim.api.nvim_buf_is_valid(...)', buffer)
  end)
end)

test('quitting the file quits its preview too', SOUND, function(session)
  local buffer = session:open_preview()
  session:command('topleft split ' .. session.project .. '/notes')
  session:command('wincmd j')
  equal(session:lua('return vim.api.nvim_buf_get_name(0)'), session.file)
  session:command('quit')
  soon('the end', function()
    return not session:lua('return vim.api.nvim_buf_is_valid(...)', buffer)
  end)
  equal(session:lua('return vim.fs.basename(vim.api.nvim_buf_get_name(0))'), 'notes')
end)

test('edit in the preview fills it again', SOUND, function(session)
  local buffer, window = session:open_preview()
  local lines = session:lines(buffer)
  session:lua('vim.api.nvim_set_current_win(...)', window)
  session:command('edit')
  soon('the Dockerfile', function()
    return vim.deep_equal(session:lines(buffer), lines)
  end)
end)

test('the preview follows a file that is read again', SOUND, function(session)
  local buffer = session:open_preview()
  write(session.file, (SOUND:gsub('8080', '7070')))
  session:command('edit')
  session:shows(buffer, '^EXPOSE 7070$')
end)

test('two files have two previews', SOUND, function(session)
  local one = session:open_preview()
  session:command('topleft split ' .. session.project .. '/second/docksmith.toml')
  session:attached()
  session:command('DocksmithPreview')
  local two = session:preview(session.project .. '/second')
  session:shows(two, '^EXPOSE 6060$')
  session:keys('/expose<CR>Cexpose = 6061<Esc>')
  session:shows(two, '^EXPOSE 6061$')
  assert(session:row(one, '^EXPOSE 8080$'))
  session:command('DocksmithPreview!')
  assert(not session:lua('return vim.api.nvim_buf_is_valid(...)', two))
  assert(session:lua('return vim.api.nvim_buf_is_valid(...)', one))
end, { files = { ['second/docksmith.toml'] = SOUND:gsub('8080', '6060') } })

test('the rule under the cursor is explained', FIXTURE, function(session)
  session:findings('unknown-key')
  session:keys('20G')
  session:command('DocksmithExplain')
  soon('the page', function()
    return session:lines(session:lua('return vim.api.nvim_get_current_buf()'))[1] == 'unknown-key'
  end)
  assert(session:lua('return vim.api.nvim_win_get_config(0).relative') ~= '')
  session:keys('q')
  soon('the file', function()
    return session:lua('return vim.api.nvim_buf_get_name(0)') == session.file
  end)
end)

test('any rule is explained, and completed', SOUND, function(session)
  local names = session:lua('return vim.fn.getcompletion("DocksmithExplain unknown-", "cmdline")')
  assert(vim.list_contains(names, 'unknown-stage') and vim.list_contains(names, 'unknown-key'), vim.inspect(names))
  session:command('DocksmithExplain unknown-stage')
  soon('the page', function()
    return session:lines(session:lua('return vim.api.nvim_get_current_buf()'))[1] == 'unknown-stage'
  end)
  equal(session:lua('return vim.api.nvim_win_get_config(0).relative'), '')
end, { settings = 'vim.g.docksmith = { explain = "split" }' })

test('a rule that does not exist is said to', SOUND, function(session)
  session:command('DocksmithExplain nonsense')
  session:said('no rule or key `nonsense`')
end, { errors = true })

test('old spellings are migrated, and undo brings them back', SOUND .. '\n[start]\nentrypoint = ["/x"]\n', function(session)
  session:attached()
  local before = session:lines()
  session:command('DocksmithMigrate')
  soon('the canonical spelling', function()
    local text = table.concat(session:lines(), '\n')
    return text:find('[runtime]\nentrypoint = ["/x"]', 1, true) and not text:find('[start]', 1, true)
  end)
  session:command('undo')
  equal(session:lines(), before)
end)

test('a canonical file is not migrated, which is said', SOUND, function(session)
  session:attached()
  session:command('DocksmithMigrate')
  session:said('nothing to migrate')
end)

test('the Dockerfile is written', SOUND, function(session)
  session:attached()
  session:command('DocksmithWrite')
  session:said('wrote .*Dockerfile')
  local rendered = vim.system({ vim.env.DOCKSMITH_BIN, 'dockerfile', session.project }, { text = true }):wait()
  equal(read(session.project .. '/Dockerfile'), rendered.stdout)
  equal(session:lua('return vim.api.nvim_buf_get_name(0)'), session.file)
end)

test('a Dockerfile that is open is replaced, and undo brings it back', SOUND, function(session)
  session:attached()
  session:command('split ' .. session.project .. '/Dockerfile')
  session:command('wincmd p')
  session:command('DocksmithWrite')
  session:said('wrote .*Dockerfile')
  local rendered = vim.system({ vim.env.DOCKSMITH_BIN, 'dockerfile', session.project }, { text = true }):wait()
  equal(read(session.project .. '/Dockerfile'), rendered.stdout)
  session:command('wincmd p')
  session:command('undo')
  equal(session:lines(session:lua('return vim.api.nvim_get_current_buf()')), { 'FROM scratch' })
end, { files = { Dockerfile = 'FROM scratch\n' } })

test('a server that is killed is started again, and the preview goes on', SOUND, function(session)
  local buffer = session:open_preview()
  local first = session:attached()
  session:lua([[
    local client = vim.lsp.get_clients({ name = 'docksmith' })[1]
    for _, child in ipairs(vim.api.nvim_get_proc_children(vim.fn.getpid())) do
      if vim.api.nvim_get_proc(child).name:match('docksmith') then vim.uv.kill(child, 'sigkill') end
    end
  ]])
  soon('another server', function()
    return session:attached() ~= first
  end)
  session:keys('12G0Cexpose = 9090<Esc>')
  session:shows(buffer, '^EXPOSE 9090$')
end)

test('a server that keeps dying is left alone', SOUND, function(session)
  session:said('keeps dying')
  equal(session:lua('return #vim.lsp.get_clients({ name = "docksmith" })'), 0)
end, { errors = true, settings = [[vim.lsp.config('docksmith', { cmd = { 'false' } })]] })

test('a server is not started again when the user says so', SOUND, function(session)
  session:said('quit with exit code 1')
  vim.wait(300)
  equal(session:lua('return #vim.tbl_filter(function(m) return m[1]:match("quit with") end, said)'), 1)
end, { errors = true, settings = [[
  vim.g.docksmith = { restart = false }
  vim.lsp.config('docksmith', { cmd = { 'false' } })
]] })

test('the server is restarted on demand', SOUND, function(session)
  local first = session:attached()
  session:command('DocksmithRestart')
  soon('another server', function()
    return session:attached() ~= first
  end)
  session:ask('textDocument/hover', 0, 2)
end)

test('the server ends with the editor', SOUND, function(session)
  session:attached()
  local server = session:lua([[
    for _, child in ipairs(vim.api.nvim_get_proc_children(vim.fn.getpid())) do
      if vim.api.nvim_get_proc(child).name:match('docksmith') then return child end
    end
  ]])
  assert(vim.uv.kill(server, 0) == 0)
  pcall(session.command, session, 'qall!')
  soon('the end of the server', function()
    return vim.uv.kill(server, 0) ~= 0
  end)
end, { ended = true })

test('a command without a server says so', 'x = 1\n', function(session)
  session:command('DocksmithPreview')
  session:said('no server is attached')
  equal(session:lua('return #vim.api.nvim_list_wins()'), 1)
end, { name = 'other.toml', errors = true })

---The text of `:checkhealth docksmith`.
function Session:health()
  self:command('checkhealth docksmith')
  return table.concat(self:lines(self:lua('return vim.api.nvim_get_current_buf()')), '\n')
end

test('checkhealth finds nothing wrong', SOUND, function(session)
  session:attached()
  local text = session:health()
  for _, part in ipairs({ 'Neovim 0%.', 'docksmith %d+%.%d+%.%d+: /', 'client 1: docksmith', 'watchers', 'docksmith%.toml' }) do
    assert(text:match(part), part .. ' is missing in:\n' .. text)
  end
  assert(not text:match('ERROR') and not text:match('WARNING'), text)
end)

test('checkhealth names a missing program and a wrong option', 'x = 1\n', function(session)
  local text = session:health()
  assert(text:match('ERROR.*/nowhere/docksmith'), text)
  assert(text:match('ERROR.*no option `colour`'), text)
end, { name = 'other.toml', settings = [[
  vim.g.docksmith = { colour = true }
  vim.lsp.config('docksmith', { cmd = { '/nowhere/docksmith', 'lsp' } })
]] })

test('the user\'s configuration is merged', FIXTURE, function(session)
  session:attached()
  local options = session:lua([[return vim.lsp.get_clients({ name = 'docksmith' })[1].config.init_options]])
  equal(options, { previewNotifications = true, codeLens = { enable = false } })
end, { settings = [[vim.lsp.config('docksmith', { init_options = { codeLens = { enable = false } } })]] })

test('the help has its tags', SOUND, function(session)
  local doc = session.folder .. '/help/doc'
  write(doc .. '/docksmith.txt', read(plugin .. '/doc/docksmith.txt'))
  session:command('helptags ' .. doc)
  session:command('set runtimepath^=' .. session.folder .. '/help')
  for _, tag in ipairs({
    'docksmith', ':DocksmithPreview', ':DocksmithExplain', ':DocksmithMigrate', ':DocksmithWrite', ':DocksmithRestart',
    'docksmith-options', 'vim.g.docksmith', 'docksmith-health', 'hl-DocksmithOrigin',
  }) do
    session:command('help ' .. tag)
    equal(session:lua('return vim.fs.basename(vim.api.nvim_buf_get_name(0))'), 'docksmith.txt')
    session:command('helpclose')
  end
  for _, line in ipairs(session:lines(session:lua('return vim.fn.bufadd(...)', doc .. '/docksmith.txt'))) do
    assert(#line <= 80, line)
  end
end)

test('on an older Neovim the plugin says what it needs, and does nothing', SOUND, function(session)
  session:lua([[
    vim.g.loaded_docksmith = nil
    vim.lsp.commands['docksmith.previewDockerfile'] = nil
    vim.fn.has = function(feature) return feature == 'nvim-0.11' and 0 or 1 end
  ]])
  session:command('source ' .. plugin .. '/plugin/docksmith.lua')
  session:said('needs Neovim 0.11')
  assert(session:lua([[return vim.lsp.commands['docksmith.previewDockerfile'] == nil]]))
end)

io.stdout:write(('nvim.lua: %d passed, %d failed\n'):format(passed, failed))
os.exit((failed > 0 or passed == 0) and 1 or 0)
