//! Java programs and what they render to.

use crate::dockerfile::testing::{has, holds, lacks, render, render_with};
use crate::plan::languages::testing::every_key_counts;

const JAVA: &str = "language = \"java\"\n";
const POM: (&str, &str) = ("pom.xml", "<project/>");

#[test]
fn maven_builds_the_one_jar() {
    let text = render_with(JAVA, &[POM]);
    let expected = r#"
FROM --platform=$BUILDPLATFORM maven:3.9-eclipse-temurin-21 AS builder
WORKDIR /src
COPY pom.xml ./
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B dependency:go-offline
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B package -DskipTests
RUN set -- \
 && for jar in target/*.jar; do \
      case "$jar" in *-sources.jar | *-javadoc.jar | *-tests.jar | *-plain.jar | */original-*) continue ;; esac; \
      set -- "$@" "$jar"; \
    done \
 && if [ "$#" -ne 1 ] || [ ! -f "$1" ]; then echo "one jar is needed, and build.output can name it; found: $*" >&2; exit 1; fi \
 && install -D "$1" /out/app.jar

FROM eclipse-temurin:21-jre-alpine AS runtime
RUN addgroup -S -g 10001 app \
 && adduser -S -D -H -u 10001 -G app -h /app -s /sbin/nologin app
WORKDIR /app
COPY --link --from=builder /out/app.jar /app/app.jar
EXPOSE 8080
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["nc", "-z", "127.0.0.1", "8080"]
CMD ["java", "-jar", "/app/app.jar"]
"#;
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn gradle_is_found_by_its_files() {
    let text = render_with(JAVA, &[("build.gradle.kts", "")]);
    holds(
        &text,
        r#"
FROM --platform=$BUILDPLATFORM gradle:8-jdk21 AS builder
WORKDIR /src
ENV GRADLE_USER_HOME="/gradle"
COPY build.gradle* settings.gradle* gradle.properties* ./
RUN --mount=type=cache,target=/gradle \
    gradle --no-daemon dependencies
COPY . .
RUN --mount=type=cache,target=/gradle \
    gradle --no-daemon build -x test
RUN set -- \
 && for jar in build/libs/*.jar; do \
"#,
    );
}

#[test]
fn a_command_or_an_image_says_what_builds() {
    for key in [
        "build.command = \"./gradlew bootJar\"",
        "build.image = \"gradle:8.10-jdk21\"",
        "install.command = \"gradle dependencies\"",
    ] {
        has(
            &format!("{JAVA}{key}\n"),
            " && for jar in build/libs/*.jar; do \\",
        );
    }
    let maven = format!("{JAVA}build.command = \"mvn -q verify\"\n");
    let text = render_with(&maven, &[("build.gradle", "")]);
    holds(&text, "    mvn -q verify");
    holds(&text, " && for jar in target/*.jar; do \\");
}

#[test]
fn the_projects_own_gradle_is_used() {
    let files = [
        ("build.gradle", ""),
        ("gradlew", "#!/bin/sh\n"),
        ("gradle/wrapper/gradle-wrapper.properties", ""),
        ("gradle/libs.versions.toml", ""),
    ];
    let text = render_with(JAVA, &files);
    holds(
        &text,
        "COPY build.gradle* settings.gradle* gradle.properties* gradlew ./\nCOPY gradle gradle/\n",
    );
    holds(&text, "    sh gradlew --no-daemon build -x test");
}

#[test]
fn modules_come_with_the_sources() {
    let pom = "<project><modules><module>api</module><module>core</module></modules></project>";
    let toml = format!("{JAVA}build.target = \"./api/\"\n");
    let text = render_with(&toml, &[("pom.xml", pom)]);
    assert!(!text.contains("go-offline"), "{text}");
    holds(&text, "    mvn -B package -DskipTests -pl api -am");
    holds(&text, " && for jar in api/target/*.jar; do \\");
    let files = [
        ("settings.gradle", "include ':services:api'\n"),
        ("build.gradle", ""),
    ];
    let toml = format!("{JAVA}build.target = \"services/api\"\n");
    let text = render_with(&toml, &files);
    assert!(!text.contains("dependencies"), "{text}");
    holds(&text, "    gradle --no-daemon :services:api:build -x test");
    holds(&text, " && for jar in services/api/build/libs/*.jar; do \\");
}

#[test]
fn where_nobody_looked_nothing_is_downloaded_before_the_sources() {
    has(
        JAVA,
        "WORKDIR /src\nCOPY . .\nRUN --mount=type=cache,target=/root/.m2 \\\n    mvn -B package -DskipTests",
    );
}

#[test]
fn before_java_21_other_platforms_have_debian_alone() {
    let old = format!("{JAVA}version = \"17\"\n");
    has(&old, "FROM eclipse-temurin:17-jre AS runtime");
    has(
        &old,
        "    CMD [\"bash\", \"-c\", \"</dev/tcp/127.0.0.1/8080\"]",
    );
    let amd64 = format!("{old}platforms = [\"linux/amd64\"]\n");
    has(&amd64, "FROM eclipse-temurin:17-jre-alpine AS runtime");
}

#[test]
fn the_jar_lies_where_the_file_says() {
    let output = format!("{JAVA}build.output = \"/app/server.jar\"\n");
    has(
        &output,
        " && for jar in target/server.jar /app/server.jar; do if [ -f \"$jar\" ]; then set -- \"$jar\"; fi; done \\",
    );
    has(
        &output,
        "COPY --link --from=builder /out/app.jar /app/server.jar",
    );
    has(&output, "CMD [\"java\", \"-jar\", \"/app/server.jar\"]");
    let old = "runtime = \"java\"\nstart.command = \"java -Xmx64m -jar lib/x.jar --debug\"\n";
    has(
        old,
        "COPY --link --from=builder /out/app.jar /app/lib/x.jar",
    );
    let own = format!("{JAVA}build.command = \"make\"\nbuild.output = \"/app/x.jar\"\n");
    has(&own, "COPY --link --from=builder /app/x.jar /app/x.jar");
    lacks(&own, "for jar");
}

#[test]
fn distroless_starts_java_itself() {
    let toml = format!("{JAVA}runtime.image = \"gcr.io/distroless/java21-debian12:nonroot\"\n");
    has(&toml, "CMD [\"/app/app.jar\"]");
    lacks(&toml, "HEALTHCHECK");
}

#[test]
fn commands_of_ones_own_replace_one_step_each() {
    let toml = format!(
        "{JAVA}install.command = \"mvn -B dependency:resolve\"\nbuild.command = \"mvn -B package\"\nbuild.args = {{ A = \"1\" }}\nsecrets.m2.target = \"/root/.m2/settings.xml\"\n"
    );
    let text = render_with(&toml, &[POM]);
    holds(
        &text,
        r"COPY pom.xml ./
RUN --mount=type=cache,target=/root/.m2 \
    --mount=type=secret,id=m2,target=/root/.m2/settings.xml \
    mvn -B dependency:resolve
COPY . .
ARG A=1
RUN --mount=type=cache,target=/root/.m2 \
    --mount=type=secret,id=m2,target=/root/.m2/settings.xml \
    mvn -B package
RUN set -- \",
    );
}

#[test]
fn an_application_below_the_root_sees_what_lies_beside_it() {
    let toml = "runtime = \"java\"\ncontext_root = \"services/api\"\n";
    let pom = "<project><parent/></project>";
    let text = render_with(toml, &[("services/api/pom.xml", pom)]);
    holds(
        &text,
        "WORKDIR /src/services/api\nCOPY services/api/pom.xml ./",
    );
    holds(&text, "COPY . /src/");
    let pom = "<project><parent><artifactId>root</artifactId></parent></project>";
    let text = render_with(toml, &[("services/api/pom.xml", pom)]);
    holds(&text, "WORKDIR /src/services/api\nCOPY . /src/\n");
}

#[test]
fn old_and_canonical_spelling_render_alike() {
    let old =
        "runtime = \"java\"\nstart.command = \"java -jar app.jar\"\nruntime_config.expose = 9000\n";
    let new = "language = \"java\"\nruntime.cmd = \"java -jar app.jar\"\nruntime.expose = 9000\n";
    assert_eq!(render(old), render(new));
}

#[test]
fn every_key_changes_the_image_or_is_reported() {
    every_key_counts(JAVA, &[POM, ("README.md", "")]);
}
