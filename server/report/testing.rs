//! The formats on one small sample, on none, and on names that mean something to them.

use std::fmt::Write;

use expect_test::expect;

use crate::analysis::{Options, analyze_with};
use crate::context::NoContext;
use crate::report::Checked;
use crate::report::checkstyle::checkstyle;
use crate::report::github::github;
use crate::report::gitlab::gitlab;
use crate::report::junit::junit;
use crate::report::rdjson::rdjson;
use crate::report::sarif::sarif;
use crate::report::tests::diagnostic;
use crate::text::Span;

const TEXT: &str = "language = \"go\"\nbuild.target = \"./x\"\n[runtime]\nwrkdir = \"/é\"\n\
    # docksmith: ignore[image-latest-tag] it <follows> us\nimage = \"alpine:latest\"\n";

const PATH: &str = "a b/100%,é/docksmith.toml";

fn sample(text: &str) -> [Checked; 1] {
    let analysis = analyze_with(text, &NoContext::default(), &Options::default());
    [Checked::new(PATH, analysis)]
}

fn clean() -> [Checked; 1] {
    sample("language = \"go\"\nbuild.target = \"./x\"\n")
}

#[test]
fn github_of_a_sample() {
    expect![[r#"
        ::error file=a b/100%25%2Cé/docksmith.toml,line=4,endLine=4,col=1,endColumn=7,title=unknown-key::`[runtime]` has no key `wrkdir`
        ::notice title=docksmith::1 error in 1 file (1 fixable with --fix; 1 suppressed)
        ::notice title=docksmith::nothing found in 1 file
    "#]].assert_eq(&(github(&sample(TEXT)) + &github(&clean())));
}

#[test]
fn gitlab_of_a_sample() {
    expect![[r#"
        [
          {
            "description": "unknown-key: `[runtime]` has no key `wrkdir`",
            "check_name": "unknown-key",
            "fingerprint": "bc465d1d991f242c18386edfaa7177f2",
            "severity": "major",
            "location": {
              "path": "a b/100%,é/docksmith.toml",
              "lines": {
                "begin": 4
              }
            }
          }
        ]
        []
    "#]]
    .assert_eq(&format!(
        "{:#}\n{:#}\n",
        gitlab(&sample(TEXT)),
        gitlab(&clean())
    ));
}

#[test]
fn junit_of_a_sample() {
    expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="docksmith" tests="1" failures="1" errors="0" time="0.000">
          <testsuite name="a b/100%,é/docksmith.toml" tests="1" failures="1" errors="0" skipped="0" time="0.000">
            <testcase name="unknown-key 4:1" classname="a b/100%,é/docksmith.toml" time="0.000">
              <failure message="`[runtime]` has no key `wrkdir`" type="error">a b/100%,é/docksmith.toml:4:1: `[runtime]` has no key `wrkdir`&#10;help: did you mean `workdir`?</failure>
            </testcase>
          </testsuite>
        </testsuites>
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="docksmith" tests="1" failures="0" errors="0" time="0.000">
          <testsuite name="a b/100%,é/docksmith.toml" tests="1" failures="0" errors="0" skipped="0" time="0.000">
            <testcase name="docksmith" classname="a b/100%,é/docksmith.toml" time="0.000"/>
          </testsuite>
        </testsuites>
    "#]].assert_eq(&(junit(&sample(TEXT)) + &junit(&clean())));
}

#[test]
fn checkstyle_of_a_sample() {
    expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <checkstyle version="4.3">
          <file name="a b/100%,é/docksmith.toml">
            <error line="4" column="1" severity="error" message="`[runtime]` has no key `wrkdir`" source="docksmith.unknown-key"/>
          </file>
        </checkstyle>
        <?xml version="1.0" encoding="UTF-8"?>
        <checkstyle version="4.3">
          <file name="a b/100%,é/docksmith.toml">
          </file>
        </checkstyle>
    "#]].assert_eq(&(checkstyle(&sample(TEXT)) + &checkstyle(&clean())));
}

#[test]
fn rdjson_of_a_sample() {
    expect![[r#"
        {
          "source": {
            "name": "docksmith"
          },
          "diagnostics": [
            {
              "message": "`[runtime]` has no key `wrkdir`",
              "location": {
                "path": "a b/100%,é/docksmith.toml",
                "range": {
                  "start": {
                    "line": 4,
                    "column": 1
                  },
                  "end": {
                    "line": 4,
                    "column": 7
                  }
                }
              },
              "severity": "ERROR",
              "code": {
                "value": "unknown-key"
              },
              "suggestions": [
                {
                  "range": {
                    "start": {
                      "line": 4,
                      "column": 1
                    },
                    "end": {
                      "line": 4,
                      "column": 7
                    }
                  },
                  "text": "workdir"
                }
              ]
            }
          ]
        }
        {
          "source": {
            "name": "docksmith"
          },
          "diagnostics": []
        }
    "#]]
    .assert_eq(&format!(
        "{:#}\n{:#}\n",
        rdjson(&sample(TEXT)),
        rdjson(&clean())
    ));
}

#[test]
fn sarif_of_a_sample() {
    let mut log = sarif(&sample(TEXT), "1.2.3");
    // The pages of the rules are long, and not of this format.
    for rule in log["runs"][0]["tool"]["driver"]["rules"]
        .as_array_mut()
        .expect("rules")
    {
        for key in ["fullDescription", "help"] {
            rule[key] = "…".into();
        }
    }
    expect![[r#"
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "version": "2.1.0",
          "runs": [
            {
              "tool": {
                "driver": {
                  "name": "docksmith",
                  "semanticVersion": "1.2.3",
                  "rules": [
                    {
                      "id": "image-latest-tag",
                      "shortDescription": {
                        "text": "The tag of an image moves from one release to the next by design."
                      },
                      "fullDescription": "…",
                      "help": "…",
                      "defaultConfiguration": {
                        "enabled": true,
                        "level": "warning"
                      },
                      "properties": {
                        "precision": "high",
                        "problem.severity": "warning",
                        "tags": [
                          "hadolint DL3007"
                        ]
                      }
                    },
                    {
                      "id": "unknown-key",
                      "shortDescription": {
                        "text": "A key that this table does not have."
                      },
                      "fullDescription": "…",
                      "help": "…",
                      "defaultConfiguration": {
                        "enabled": true,
                        "level": "error"
                      },
                      "properties": {
                        "precision": "high",
                        "problem.severity": "error",
                        "tags": []
                      }
                    }
                  ]
                }
              },
              "automationDetails": {
                "id": "docksmith/"
              },
              "invocations": [
                {
                  "executionSuccessful": true,
                  "toolExecutionNotifications": []
                }
              ],
              "originalUriBaseIds": {
                "%SRCROOT%": {
                  "description": {
                    "text": "The folder in which docksmith was started."
                  }
                }
              },
              "columnKind": "unicodeCodePoints",
              "results": [
                {
                  "ruleId": "unknown-key",
                  "ruleIndex": 1,
                  "level": "error",
                  "message": {
                    "text": "`[runtime]` has no key `wrkdir`"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "a%20b/100%25%2C%C3%A9/docksmith.toml",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 4,
                          "startColumn": 1,
                          "endLine": 4,
                          "endColumn": 7
                        }
                      },
                      "logicalLocations": [
                        {
                          "fullyQualifiedName": "runtime.wrkdir",
                          "kind": "property"
                        }
                      ]
                    }
                  ],
                  "partialFingerprints": {
                    "docksmithFinding/v1": "bc465d1d991f242c18386edfaa7177f2"
                  },
                  "suppressions": [],
                  "fixes": [
                    {
                      "description": {
                        "text": "rename to `workdir` (safe fix)"
                      },
                      "artifactChanges": [
                        {
                          "artifactLocation": {
                            "uri": "a%20b/100%25%2C%C3%A9/docksmith.toml",
                            "uriBaseId": "%SRCROOT%"
                          },
                          "replacements": [
                            {
                              "deletedRegion": {
                                "startLine": 4,
                                "startColumn": 1,
                                "endLine": 4,
                                "endColumn": 7
                              },
                              "insertedContent": {
                                "text": "workdir"
                              }
                            }
                          ]
                        }
                      ]
                    }
                  ]
                },
                {
                  "ruleId": "image-latest-tag",
                  "ruleIndex": 0,
                  "level": "warning",
                  "message": {
                    "text": "the tag `latest` moves"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "a%20b/100%25%2C%C3%A9/docksmith.toml",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 6,
                          "startColumn": 17,
                          "endLine": 6,
                          "endColumn": 23
                        }
                      },
                      "logicalLocations": [
                        {
                          "fullyQualifiedName": "runtime.image",
                          "kind": "property"
                        }
                      ]
                    }
                  ],
                  "partialFingerprints": {
                    "docksmithFinding/v1": "a5c8e4e95a504f755959a7efaed414c9"
                  },
                  "suppressions": [
                    {
                      "kind": "inSource",
                      "justification": "it <follows> us"
                    }
                  ]
                }
              ]
            }
          ]
        }
    "#]]
    .assert_eq(&format!("{log:#}\n"));
}

#[test]
fn sarif_of_a_clean_file_has_no_result() {
    let log = sarif(&clean(), "0");
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    assert_eq!(
        log["runs"][0]["tool"]["driver"]["rules"],
        serde_json::json!([])
    );
}

/// Code scanning refuses a longer file as a whole.
#[test]
fn sarif_lists_the_most_severe_of_too_many() {
    let mut file = sample("a = 1\n");
    file[0].analysis.diagnostics = (0..25_001).map(|_| diagnostic(Span::new(0, 1))).collect();
    file[0].analysis.diagnostics[0].severity = crate::diagnostic::Severity::Info;
    let log = sarif(&file, "0");
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 25_000);
    assert!(results.iter().all(|it| it["level"] == "error"));
    let notified = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(
        notified["message"]["text"],
        "Only 25000 of 25001 findings are listed, the most severe first."
    );
}

/// What the runner reads: properties end at commas, the message begins behind the second `::`.
fn read_back(line: &str) -> Option<(Vec<(String, String)>, String)> {
    let (properties, message) = line.strip_prefix("::error ")?.split_once("::")?;
    let plain = |text: &str| {
        text.replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%25", "%")
    };
    let properties = properties.split(',').map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.to_owned(), plain(value)))
    });
    let message = message
        .replace("%0D", "\r")
        .replace("%0A", "\n")
        .replace("%25", "%");
    Some((properties.collect::<Option<_>>()?, message))
}

#[test]
fn github_is_read_back_whatever_stands_in_it() {
    const PARTS: [&str; 9] = ["%", ",", "::", "\n", "\r", "%0A", "=", " é", "%252C"];
    // Every sequence of three parts.
    for number in 0..PARTS.len().pow(3) {
        let mut text = String::new();
        for place in 0..3 {
            let part = PARTS[number / PARTS.len().pow(place) % PARTS.len()];
            write!(text, "{part}x").expect("a string takes text");
        }
        let mut analysis = sample("a = 1\n")[0].analysis.clone();
        analysis.diagnostics = vec![diagnostic(Span::new(0, 1))];
        analysis.diagnostics[0].message.clone_from(&text);
        let output = github(&[Checked::new(text.clone(), analysis)]);
        let (properties, message) = output
            .lines()
            .next()
            .and_then(read_back)
            .expect("a command");
        assert_eq!(output.lines().count(), 2, "{output}");
        assert_eq!(message, text);
        let names: Vec<&str> = properties.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["file", "line", "endLine", "col", "endColumn", "title"]
        );
        assert_eq!(properties[0].1, text);
    }
}
