rootProject.name = "acme"

include("core", "web")
