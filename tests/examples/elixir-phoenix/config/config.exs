import Config

config :shop, generators: [timestamp_type: :utc_datetime]
