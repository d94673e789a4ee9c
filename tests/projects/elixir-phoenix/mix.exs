defmodule Chatter.MixProject do
  use Mix.Project

  def project, do: [app: :chatter, version: "1.0.0", releases: [chatter: []]]
end
