-- `:DocksmithPreview`: the Dockerfile of a file beside it, live, with cursors that follow each other.
--
-- The server says `docksmith/previewChanged` and is then asked for the preview. Answers may overtake each other and the
-- user's typing, so each holds the version of the text that it was made from: an older one never replaces a newer one, and
-- cursors move only while preview and file are of the same version.

local options = require('docksmith.options')
local server = require('docksmith.server')
local source_map = require('docksmith.source_map')

local M = {}

---The server's answer to `docksmith.previewDockerfile`.
---@class docksmith.Answer
---@field uri string
---@field version integer
---@field text string
---@field lines (docksmith.Origin|vim.NIL)[] One for each line of `text`.
---@field diagnostics lsp.Diagnostic[]

---@class docksmith.Preview
---@field source integer The buffer of `docksmith.toml`.
---@field buffer integer The buffer of the Dockerfile.
---@field group integer The autocommands.
---@field version integer The version that is shown, or -1.
---@field client_id integer? Who sent it.
---@field encoding 'utf-8'|'utf-16'|'utf-32'
---@field lines (docksmith.Origin|vim.NIL)[]
---@field note string What the server says about the preview as a whole.
---@field asked integer? The client that has not answered yet.
---@field again boolean Whether it changed since it was asked.
---@field seen table<integer, integer[]> Where the cursors of windows were last.

---@type table<integer, docksmith.Preview> By the buffer of the file.
local previews = {}

local namespace = vim.api.nvim_create_namespace('docksmith.preview')

---The preview that a buffer belongs to, as the file or as the Dockerfile.
---@param buffer integer
---@return docksmith.Preview?
local function of(buffer)
  if previews[buffer] then
    return previews[buffer]
  end
  for _, preview in pairs(previews) do
    if preview.buffer == buffer then
      return preview
    end
  end
end

---The windows of the current tab page that show a buffer.
---@param buffer integer
---@return integer[]
local function windows(buffer)
  return vim.tbl_filter(function(window)
    return vim.api.nvim_win_get_buf(window) == buffer
  end, vim.api.nvim_tabpage_list_wins(0))
end

---@param preview docksmith.Preview
---@return boolean
local function is_current(preview)
  return preview.version == server.version(preview.source)
end

---@param preview docksmith.Preview
local function clear_marks(preview)
  for _, buffer in ipairs({ preview.source, preview.buffer }) do
    if vim.api.nvim_buf_is_valid(buffer) then
      vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
    end
  end
end

---Moves the cursors of all windows of a buffer; the focus stays where it is.
---@param preview docksmith.Preview
---@param buffer integer
---@param row integer
---@param column integer
---@param is_there fun(row: integer, column: integer): boolean Whether a cursor may stay.
local function move(preview, buffer, row, column, is_there)
  for _, window in ipairs(windows(buffer)) do
    local cursor = vim.api.nvim_win_get_cursor(window)
    if not is_there(cursor[1] - 1, cursor[2]) then
      vim.api.nvim_win_set_cursor(window, { row + 1, column })
      preview.seen[window] = vim.api.nvim_win_get_cursor(window)
    end
  end
end

---The places in the file that the rows of the preview come from.
---@param preview docksmith.Preview
---@return table<integer, docksmith.Place>
local function places(preview)
  local found, uri = {}, vim.uri_from_bufnr(preview.source)
  for index, origin in ipairs(preview.lines) do
    if origin ~= vim.NIL and origin.uri == uri then
      found[index - 1] = source_map.place(preview.source, origin.range, preview.encoding)
    end
  end
  return found
end

---@param preview docksmith.Preview
local function show_in_preview(preview)
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local lines = vim.api.nvim_buf_get_lines(preview.source, 0, -1, false)
  local rows = source_map.rows_from(places(preview), lines, row - 1, column)
  clear_marks(preview)
  for _, marked in ipairs(rows) do
    vim.api.nvim_buf_set_extmark(preview.buffer, namespace, marked, 0, { line_hl_group = 'DocksmithOrigin' })
  end
  if rows[1] then
    move(preview, preview.buffer, rows[1], 0, function(at)
      return vim.list_contains(rows, at)
    end)
  end
end

---@param preview docksmith.Preview
local function show_in_source(preview)
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local place = places(preview)[row]
  clear_marks(preview)
  if not place then
    return
  end
  vim.api.nvim_buf_set_extmark(preview.source, namespace, place.row, place.column, {
    end_row = place.end_row,
    end_col = place.end_column,
    hl_group = 'DocksmithOrigin',
  })
  move(preview, preview.source, place.row, place.column, function(at, column)
    return source_map.covers(place, at, column)
  end)
end

---Marks what belongs to the line under the cursor in the other window, and brings it into view.
---@param preview docksmith.Preview
---@param text_is_new? boolean Then what belongs to the line is too, although the cursor has not moved.
local function follow(preview, text_is_new)
  local window = vim.api.nvim_get_current_win()
  local cursor = vim.api.nvim_win_get_cursor(window)
  -- Neovim speaks of a moved cursor also when a window is entered; that must not move the cursor which was just left.
  local has_moved = not vim.deep_equal(preview.seen[window], cursor)
  preview.seen[window] = cursor
  if not has_moved and not text_is_new then
    return
  end
  if not options.get().sync or not is_current(preview) then
    return
  end
  local buffer = vim.api.nvim_get_current_buf()
  if buffer == preview.source then
    show_in_preview(preview)
  elseif buffer == preview.buffer then
    show_in_source(preview)
  end
end

---Replaces only the lines that differ, so that the view, folds and cursors of the others stay.
---@param buffer integer
---@param lines string[]
local function replace_lines(buffer, lines)
  local old = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  local shortest = math.min(#old, #lines)
  local head, tail = 0, 0
  while head < shortest and old[head + 1] == lines[head + 1] do
    head = head + 1
  end
  while tail < shortest - head and old[#old - tail] == lines[#lines - tail] do
    tail = tail + 1
  end
  if head == #old and head == #lines then
    return
  end
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, head, #old - tail, false, vim.list_slice(lines, head + 1, #lines - tail))
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].modified = false
end

---@param preview docksmith.Preview
local function set_window_options(preview)
  -- A per cent sign would be read as an item of the status line's language.
  local title = preview.note == '' and 'Dockerfile' or 'Dockerfile: ' .. preview.note
  for _, window in ipairs(vim.fn.win_findbuf(preview.buffer)) do
    vim.wo[window][0].winbar = '%<' .. title:gsub('%%', '%%%%')
    vim.wo[window][0].wrap = false
  end
end

---@param preview docksmith.Preview
---@param answer docksmith.Answer
---@param client vim.lsp.Client
local function show(preview, answer, client)
  if preview.client_id == client.id and answer.version < preview.version then
    return
  end
  local lines = vim.split(answer.text, '\n')
  if lines[#lines] == '' then
    table.remove(lines)
  end
  replace_lines(preview.buffer, lines)
  preview.client_id, preview.version = client.id, answer.version
  preview.encoding, preview.lines, preview.note = client.offset_encoding, answer.lines, ''
  for _, finding in ipairs(answer.diagnostics) do
    -- What has no rule is not about a place in the file but about the preview.
    if not finding.code then
      preview.note = finding.message
    end
  end
  set_window_options(preview)
  clear_marks(preview)
  follow(preview, vim.api.nvim_get_current_buf() == preview.source)
end

---Asks the server for the preview, once at a time.
---@param preview docksmith.Preview
local function ask(preview)
  local client = server.client(preview.source)
  if not client then
    return
  end
  if preview.asked == client.id then
    preview.again = true
    return
  end
  preview.asked, preview.again = client.id, false
  local function answered()
    if preview.asked == client.id then
      preview.asked = nil
    end
  end
  server.execute('docksmith.previewDockerfile', preview.source, function(answer)
    answered()
    -- It may have been closed meanwhile.
    if previews[preview.source] ~= preview then
      return
    end
    if answer and answer ~= vim.NIL then
      show(preview, answer, client)
    end
    if preview.again then
      ask(preview)
    end
  end, answered)
end

---@param preview docksmith.Preview
local function forget(preview)
  if previews[preview.source] == preview then
    previews[preview.source] = nil
    clear_marks(preview)
    vim.api.nvim_del_augroup_by_id(preview.group)
  end
end

---@param preview docksmith.Preview
local function close(preview)
  forget(preview)
  if vim.api.nvim_buf_is_valid(preview.buffer) then
    -- Its windows go with it, but for the last one of the editor.
    vim.api.nvim_buf_delete(preview.buffer, { force = true })
  end
end

---After `:quit` in the last window of the file, its preview is not what the user wants to be left with.
---@param preview docksmith.Preview
local function quit_with_source(preview)
  vim.schedule(function()
    if previews[preview.source] ~= preview or #vim.fn.win_findbuf(preview.source) > 0 then
      return
    end
    local shown = vim.fn.win_findbuf(preview.buffer)
    if #shown == #vim.api.nvim_list_wins() then
      -- Unsaved changes elsewhere refuse this, and Neovim then shows them.
      pcall(vim.cmd.quitall)
    else
      close(preview)
    end
  end)
end

---@param preview docksmith.Preview
local function listen(preview)
  local function on(events, buffer, callback)
    vim.api.nvim_create_autocmd(events, { group = preview.group, buffer = buffer, callback = callback })
  end
  local function cursor_moved()
    follow(preview)
  end
  on({ 'CursorMoved', 'CursorMovedI' }, preview.source, cursor_moved)
  on('CursorMoved', preview.buffer, cursor_moved)
  on('BufWinEnter', preview.buffer, function()
    set_window_options(preview)
  end)
  on('BufWipeout', preview.buffer, function()
    forget(preview)
  end)
  on({ 'BufDelete', 'BufWipeout' }, preview.source, function()
    -- A buffer cannot be deleted while another one is.
    vim.schedule(function()
      close(preview)
    end)
  end)
  on('QuitPre', preview.source, function()
    quit_with_source(preview)
  end)
end

---Goes from a line of the preview to what it comes from.
---@param preview docksmith.Preview
local function jump(preview)
  local origin = preview.lines[vim.api.nvim_win_get_cursor(0)[1]]
  if not origin or origin == vim.NIL then
    return server.say('this line comes from no key')
  end
  local window = windows(preview.source)[1]
  if window then
    vim.api.nvim_set_current_win(window)
  else
    vim.cmd('leftabove vertical sbuffer ' .. preview.source)
  end
  if origin.uri == vim.uri_from_bufnr(preview.source) and not is_current(preview) then
    return server.say('the file has changed; the preview follows')
  end
  vim.lsp.util.show_document(origin, preview.encoding, { reuse_win = true, focus = true })
end

---@param source integer
---@return string
local function name_of(source)
  local folder = vim.fs.dirname(vim.api.nvim_buf_get_name(source))
  return ('docksmith-preview://%s/Dockerfile'):format(folder)
end

---@param source integer
---@return docksmith.Preview
local function create(source)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_name(buffer, name_of(source))
  local preview = {
    source = source,
    buffer = buffer,
    group = vim.api.nvim_create_augroup('docksmith.preview.' .. buffer, {}),
    version = -1,
    encoding = 'utf-16',
    lines = {},
    note = '',
    again = false,
    seen = {},
  }
  previews[source] = preview
  vim.bo[buffer].bufhidden = 'wipe'
  vim.bo[buffer].swapfile = false
  vim.bo[buffer].undolevels = -1
  vim.bo[buffer].filetype = 'dockerfile'
  vim.bo[buffer].modifiable = false
  for _, key in ipairs({ '<CR>', '<2-LeftMouse>' }) do
    vim.keymap.set('n', key, function()
      jump(preview)
    end, { buffer = buffer, desc = 'Go to where this line comes from' })
  end
  listen(preview)
  return preview
end

---Shows the preview of a file beside it; the cursor stays in the file.
---@param buffer? integer By default the current one.
function M.open(buffer)
  buffer = buffer or vim.api.nvim_get_current_buf()
  local preview = of(buffer)
  if not preview and not server.client(buffer) then
    return server.say('no server is attached to this buffer; see :checkhealth docksmith', vim.log.levels.ERROR)
  end
  vim.api.nvim_set_hl(0, 'DocksmithOrigin', { default = true, link = 'Visual' })
  preview = preview or create(buffer)
  if #windows(preview.buffer) == 0 then
    local window = windows(preview.source)[1] or 0
    vim.api.nvim_open_win(preview.buffer, false, { split = options.get().preview, win = window })
  end
  ask(preview)
end

---Closes the preview of a file.
---@param buffer? integer The file or its preview, by default the current buffer.
function M.close(buffer)
  local preview = of(buffer or vim.api.nvim_get_current_buf())
  if preview then
    close(preview)
  end
end

---Brings the preview of a file up to date, if there is one.
---@param source integer
function M.refresh(source)
  if previews[source] then
    ask(previews[source])
  end
end

---Fills the buffer of a preview after `:edit` has emptied it.
---@param buffer integer
function M.reload(buffer)
  local preview = of(buffer)
  if not preview then
    -- A session restored the window of a preview that is no more.
    vim.bo[buffer].buftype, vim.bo[buffer].bufhidden = 'nofile', 'wipe'
    return
  end
  vim.bo[buffer].filetype = 'dockerfile'
  preview.version = -1
  ask(preview)
end

---Handles `docksmith/previewChanged`.
---@param change { uri: string, version: integer }
---@param client_id integer
function M.changed(change, client_id)
  for source, preview in pairs(previews) do
    local is_old = preview.client_id == client_id and change.version < preview.version
    if not is_old and vim.uri_from_bufnr(source) == change.uri then
      ask(preview)
    end
  end
end

return M
