require "socket"

server = TCPServer.new("0.0.0.0", 3000)
trap("TERM") { exit 0 }

loop do
  client = server.accept
  while (line = client.gets) && line != "\r\n"; end
  body = "hello from ruby\n"
  client.write "HTTP/1.1 #{ENV.fetch("STATUS", "200")} Status\r\nContent-Length: #{body.size}\r\nConnection: close\r\n\r\n#{body}"
  client.close
end
