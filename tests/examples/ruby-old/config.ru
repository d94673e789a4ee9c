require "roda"

class App < Roda
  route { |r| r.root { "ok" } }
end

run App.freeze.app
