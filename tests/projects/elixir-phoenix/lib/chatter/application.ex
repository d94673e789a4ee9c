defmodule Chatter.Application do
end
