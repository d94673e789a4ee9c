# maven with a JDK, and a JRE: that Debian and its own OpenJDK, Maven and Maven plugins. Debian's folder of Maven artifacts, made
# for its own builds, is the only repository.
# shellcheck shell=bash

container=$(buildah from --pull-never localhost/debian:bookworm-slim)
install_debian "$container" openjdk-17-jre-headless ca-certificates
buildah commit -q --format docker "$container" localhost/eclipse-temurin:17-jre >/dev/null
# All plugins of the default life cycles: `dependency:go-offline` wants them, whatever is run later.
install_debian "$container" openjdk-17-jdk-headless maven libsurefire-java \
    libmaven-{clean,resources,compiler,jar,install,deploy,site,dependency}-plugin-java
folder=$(buildah mount "$container")
# Debian's artifacts have no files with checksums beside them.
cat >"$folder/etc/maven/settings.xml" <<'XML'
<settings>
  <mirrors>
    <mirror>
      <id>debian</id>
      <mirrorOf>*</mirrorOf>
      <url>file:///usr/share/maven-repo</url>
    </mirror>
  </mirrors>
  <profiles>
    <profile>
      <id>debian</id>
      <repositories>
        <repository><id>central</id><url>file:///usr/share/maven-repo</url><releases><checksumPolicy>ignore</checksumPolicy></releases></repository>
      </repositories>
      <pluginRepositories>
        <pluginRepository><id>central</id><url>file:///usr/share/maven-repo</url><releases><checksumPolicy>ignore</checksumPolicy></releases></pluginRepository>
      </pluginRepositories>
    </profile>
  </profiles>
  <activeProfiles><activeProfile>debian</activeProfile></activeProfiles>
</settings>
XML
buildah commit -q --rm --format docker "$container" localhost/maven:3.9-eclipse-temurin-17 >/dev/null
