-- Where the lines of a Dockerfile come from: between rows of the preview and places in `docksmith.toml`.

local M = {}

---What the server says of a line; `vim.NIL` for a line that is nobody's.
---@class docksmith.Origin
---@field uri string
---@field range lsp.Range

---A stretch of a buffer: rows from 0, columns in bytes from 0, the end exclusive.
---@class docksmith.Place
---@field row integer
---@field column integer
---@field end_row integer
---@field end_column integer

---@param buffer integer
---@param position lsp.Position
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return integer column In bytes.
local function byte_column(buffer, position, encoding)
  local line = vim.api.nvim_buf_get_lines(buffer, position.line, position.line + 1, false)[1] or ''
  return vim.str_byteindex(line, encoding, position.character, false)
end

---The place of a range in a buffer whose text is the one that the range was made for.
---@param buffer integer
---@param range lsp.Range
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return docksmith.Place
function M.place(buffer, range, encoding)
  return {
    row = range.start.line,
    column = byte_column(buffer, range.start, encoding),
    end_row = range['end'].line,
    end_column = byte_column(buffer, range['end'], encoding),
  }
end

---@param place docksmith.Place
---@param row integer
---@return boolean
local function covers_row(place, row)
  return place.row <= row and row <= place.end_row
end

---@param place docksmith.Place
---@param row integer
---@param column integer
---@return boolean
function M.covers(place, row, column)
  local before = row < place.row or (row == place.row and column < place.column)
  local after = row > place.end_row or (row == place.end_row and column >= place.end_column)
  return not before and not after
end

---@param one docksmith.Place
---@param other docksmith.Place
---@return boolean
local function is_smaller(one, other)
  local rows, other_rows = one.end_row - one.row, other.end_row - other.row
  if rows ~= other_rows then
    return rows < other_rows
  end
  return one.end_column - one.column < other.end_column - other.column
end

---The rows whose places a test accepts.
---@param places table<integer, docksmith.Place> By row of the preview.
---@param accepts fun(place: docksmith.Place): boolean
---@return integer[] rows
local function select(places, accepts)
  local rows = {}
  for row, place in vim.spairs(places) do
    if accepts(place) then
      table.insert(rows, row)
    end
  end
  return rows
end

---The rows of the TOML table around a row; nothing above the first header.
---@param lines string[]
---@param row integer
---@return integer? first
---@return integer? last
local function table_around(lines, row)
  -- A row of a nested array opens with a bracket too, but a comma or a bracket follows.
  local function is_header(line)
    return line:match('^%s*%[%[?[^%[%]]+%]%]?%s*$') or line:match('^%s*%[%[?[^%[%]]+%]%]?%s*#')
  end
  local first = row
  while not is_header(lines[first + 1]) do
    first = first - 1
    if first < 0 then
      return
    end
  end
  local last = first
  while lines[last + 2] and not is_header(lines[last + 2]) do
    last = last + 1
  end
  return first, last
end

---The rows of the preview that come from a place of the file: from the smallest value around the cursor, else from its
---row, else from its table.
---@param places table<integer, docksmith.Place> By row of the preview.
---@param lines string[] The file.
---@param row integer
---@param column integer
---@return integer[] rows In ascending order; none if nothing comes from there.
function M.rows_from(places, lines, row, column)
  local smallest
  for _, place in pairs(places) do
    if M.covers(place, row, column) and (not smallest or is_smaller(place, smallest)) then
      smallest = place
    end
  end
  if smallest then
    return select(places, function(place)
      return vim.deep_equal(place, smallest)
    end)
  end
  local rows = select(places, function(place)
    return covers_row(place, row)
  end)
  local first, last = table_around(lines, row)
  if #rows > 0 or not first then
    return rows
  end
  return select(places, function(place)
    return first <= place.row and place.row <= last
  end)
end

return M
