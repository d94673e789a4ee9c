//! .NET programs and what they render to.

use crate::dockerfile::testing::{has, holds, lacks, render, render_with};
use crate::plan::languages::testing::every_key_counts;

const DOTNET: &str = "language = \"dotnet\"\nversion = \"10.0\"\n";
const PROJECT: (&str, &str) = ("Api.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\"/>");

#[test]
fn the_only_project_is_published() {
    let text = render_with("language = \"dotnet\"\n", &[PROJECT]);
    let expected = r#"
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:8.0 AS builder
WORKDIR /src
COPY Api.csproj ./
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet restore
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish -c Release -o /out -p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:8.0 AS runtime
WORKDIR /app
COPY --link --from=builder /out/ /app/
ENV ASPNETCORE_URLS="http://+:8080"
EXPOSE 8080
USER 1654:1654
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["bash", "-c", "</dev/tcp/127.0.0.1/8080"]
CMD ["dotnet", "Api.dll"]
"#;
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn the_port_follows_expose() {
    let toml = format!("{DOTNET}build.target = \"Api.csproj\"\nruntime.expose = 5000\n");
    has(&toml, "ENV ASPNETCORE_URLS=\"http://+:5000\"\nEXPOSE 5000");
    let own = format!("{toml}runtime.env.ASPNETCORE_URLS = \"http://*:1\"\n");
    lacks(&own, "http://+:5000");
    lacks(
        &format!("{DOTNET}build.target = \"Api.csproj\"\nruntime.expose = false\n"),
        "ASPNETCORE",
    );
}

#[test]
fn a_solution_restores_the_project_with_all_that_it_refers_to() {
    let api = r#"<Project><ItemGroup><ProjectReference Include="..\Core\Core.csproj" /></ItemGroup></Project>"#;
    let files = [
        ("Acme.sln", ""),
        ("Directory.Packages.props", ""),
        ("NuGet.Config", ""),
        ("src/Api/Api.csproj", api),
        ("src/Core/Core.csproj", "<Project/>"),
        ("tests/Api.Tests/Api.Tests.csproj", "<Project/>"),
    ];
    for target in ["src/Api/Api.csproj", "./src/Api", "src/Api/"] {
        let toml = format!("{DOTNET}build.target = \"{target}\"\n");
        let text = render_with(&toml, &files);
        holds(
            &text,
            r"COPY Directory.Packages.props NuGet.Config ./
COPY src/Api/Api.csproj src/Api/
COPY src/Core/Core.csproj src/Core/
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet restore src/Api/Api.csproj
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish src/Api/Api.csproj -c Release -o /out -p:UseAppHost=false",
        );
        holds(&text, "CMD [\"dotnet\", \"Api.dll\"]");
    }
    // The dll names one of several projects.
    let toml = format!("{DOTNET}runtime.cmd = \"dotnet Api.dll\"\n");
    let text = render_with(&toml, &files);
    holds(&text, "    dotnet restore src/Api/Api.csproj");
}

#[test]
fn where_nobody_looked_sources_come_first() {
    let toml = format!("{DOTNET}build.target = \"src/Api\"\n");
    has(
        &toml,
        "COPY . .\nRUN --mount=type=cache,target=/root/.nuget/packages \\\n    dotnet restore src/Api",
    );
    has(&toml, "CMD [\"dotnet\", \"Api.dll\"]");
}

#[test]
fn a_project_may_name_its_dll() {
    let text =
        "<Project><PropertyGroup><AssemblyName>Acme.Api</AssemblyName></PropertyGroup></Project>";
    let text = render_with(DOTNET, &[("Api.fsproj", text)]);
    holds(&text, "COPY Api.fsproj ./");
    holds(&text, "CMD [\"dotnet\", \"Acme.Api.dll\"]");
}

#[test]
fn tags_have_two_numbers() {
    let toml = "language = \"dotnet\"\nversion = \"10\"\nbuild.target = \"Api.csproj\"\n";
    has(toml, "FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS runtime");
}

#[test]
fn before_version_8_the_user_is_created() {
    let toml = "language = \"dotnet\"\nversion = \"6.0\"\nbuild.target = \"Api.csproj\"\n";
    has(toml, "RUN groupadd --gid 10001 app \\");
    has(toml, "USER 10001:10001");
}

#[test]
fn the_check_fits_the_image() {
    let with = |image: &str| {
        format!(
            "{DOTNET}build.target = \"Api.csproj\"\nruntime.image = \"mcr.microsoft.com/dotnet/{image}\"\n"
        )
    };
    has(
        &with("aspnet:10.0-alpine"),
        "    CMD [\"nc\", \"-z\", \"127.0.0.1\", \"8080\"]",
    );
    let chiseled = with("aspnet:10.0-noble-chiseled");
    lacks(&chiseled, "HEALTHCHECK");
    has(&chiseled, "USER 1654:1654");
}

#[test]
fn the_start_command_stands_alone() {
    let old = "runtime = \"dotnet\"\nstart.command = \"dotnet Api.dll --seed\"\n";
    has(old, "CMD [\"dotnet\", \"Api.dll\", \"--seed\"]");
    lacks(old, "ENTRYPOINT");
    let new = "language = \"dotnet\"\nruntime.cmd = \"dotnet Api.dll --seed\"\n";
    assert_eq!(render(old), render(new));
}

#[test]
fn a_publish_of_ones_own_is_taken_from_its_output() {
    let with = |command: &str| {
        format!("{DOTNET}build.target = \"Api.csproj\"\nbuild.command = \"{command}\"\n")
    };
    has(
        &with("dotnet publish Api.csproj -o dist"),
        "COPY --link --from=builder /src/dist/ /app/",
    );
    let silent = with("dotnet publish -c Debug");
    has(&silent, "ENV PublishDir=\"/out/\"");
    has(&silent, "COPY --link --from=builder /out/ /app/");
    has(&silent, "    dotnet publish -c Debug");
}

#[test]
fn a_working_folder_elsewhere_needs_a_path() {
    let toml = format!("{DOTNET}build.target = \"Api.csproj\"\nruntime.workdir = \"/\"\n");
    has(&toml, "CMD [\"dotnet\", \"/app/Api.dll\"]");
}

#[test]
fn an_application_below_the_root_sees_what_lies_beside_it() {
    let toml = "runtime = \"dotnet\"\nstart.command = \"dotnet Api.dll\"\ncontext_root = \"services/api\"\n";
    let text = render_with(toml, &[("services/api/Api.csproj", "<Project/>")]);
    holds(
        &text,
        "WORKDIR /src/services/api\nCOPY services/api/Api.csproj ./",
    );
    holds(&text, "COPY . /src/");
}

#[test]
fn every_key_changes_the_image_or_is_reported() {
    every_key_counts("language = \"dotnet\"\n", &[PROJECT, ("README.md", "")]);
}
