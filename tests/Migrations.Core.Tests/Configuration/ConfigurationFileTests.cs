using System.Globalization;
using Migrations.Configuration;
using Migrations.Core.Tests.Folders;
using Xunit;

namespace Migrations.Core.Tests.Configuration;

/// <summary>How the configuration file is found and read, and that every error in it names its line and column.</summary>
public sealed class ConfigurationFileTests : IDisposable
{
    private const string Services = """ "services": { "a": { "path": "a" }, "b": { "path": "b", "dependsOn": ["a"] } } """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", 1, 1, "ends before")]
    [InlineData("{ \"path\": \"x\"", 1, 14, "ends before")]
    [InlineData("{\n  \"path\" \"x\"\n}", 2, 10, "not valid JSON")]
    [InlineData("{\n  'path': 1 }", 2, 3, "not valid JSON")]
    [InlineData("{} {}", 1, 4, "not valid JSON")]
    [InlineData("[]", 1, 1, "must be an object in braces, but it is a list")]
    [InlineData("{\n  \"path\": \"a\",\n  \"path\": \"b\"\n}", 3, 3, "occurs twice")]
    [InlineData("{ \"services\": { \"a\": { \"path\": \"x\" }, \"a\": { \"path\": \"y\" } } }", 1, 39, "'a' occurs twice")]
    [InlineData("{\n  /* ä */ \"pathh\": \"x\" }", 2, 11, "Did you mean 'path'?")]
    [InlineData("{ \"path\": 5 }", 1, 11, "must be a string in double quotes, but it is a number (5)")]
    [InlineData("{ \"path\": \" \" }", 1, 11, "'path' is empty")]
    [InlineData("{ \"path\": \"\\u0007\" }", 1, 11, "control character")]
    [InlineData("{ \"path\": \"\\ud800\" }", 1, 11, "surrogate")]
    [InlineData("{ \"checkAfterRun\": \"yes\" }", 1, 20, "must be true or false")]
    [InlineData("{ \"logFormat\": \"gitlab\" }", 1, 16, "Did you mean 'github'?")]
    [InlineData("{ \"ignore\": \"x\" }", 1, 13, "must be a list")]
    [InlineData("{ \"ignore\": [1] }", 1, 14, "must be a string")]
    [InlineData("{ \"layout\": \"down-sufix\" }", 1, 13, "Did you mean 'down-suffix'?")]
    [InlineData("{ \"transactionMode\": null }", 1, 22, "but it is null")]
    [InlineData("{ \"timeouts\": { \"lock\": \"soon\" } }", 1, 25, "must be a duration")]
    [InlineData("{ \"timeouts\": { \"locks\": \"1s\" } }", 1, 17, "Did you mean 'lock'?")]
    [InlineData("{ \"backup\": { \"keepLast\": 0 } }", 1, 27, "must be a whole number from 1")]
    [InlineData("{ \"backup\": { \"keepLast\": 1.5 } }", 1, 27, "must be a whole number from 1")]
    [InlineData("{ \"services\": { \"a,b\": { \"path\": \"x\" } } }", 1, 17, "cannot be a name")]
    [InlineData("{ \"services\": { \"a\": { } } }", 1, 17, "has no 'path'")]
    [InlineData("{ \"services\": { \"a\": { \"path\": \"x\", \"dependsOn\": [\"c\"] } } }", 1, 51, "no service 'c'")]
    [InlineData("{ \"services\": { \"a\": { \"path\": \"x\", \"dependsOn\": [\"a\"] } } }", 1, 51, "a -> a")]
    [InlineData(
        "{ \"services\": {\n\"a\": { \"path\": \"x\", \"dependsOn\": [\"b\"] },\n\"b\": { \"path\": \"y\", \"dependsOn\": [\"a\"] } } }",
        3,
        35,
        "a -> b -> a"
    )]
    [InlineData("{ \"defaultEnvironment\": \"x\", \"environments\": { } }", 1, 25, "no environment 'x'")]
    [InlineData("{ \"environments\": { \"e\": { \"databases\": { \"a\": \"x\" } } } }", 1, 43, "no service 'a'")]
    [InlineData("{ \"environments\": { \"e\": { \"confirm\": 1 } } }", 1, 39, "must be true or false")]
    [InlineData("{ \"variables\": { \"a-b\": \"x\" } }", 1, 18, "cannot be the name of a variable")]
    [InlineData("{ \"variables\": { \"a\": true } }", 1, 23, "must be a string in double quotes, or a number")]
    [InlineData("{ \"variables\": [] }", 1, 16, "must be an object in braces")]
    [InlineData("{ \"schemaFile\": 1 }", 1, 17, "must be a string")]
    [InlineData(
        "{ \"schemaFile\": \"s.sql\", \"services\": { \"a\": { \"path\": \"x\" }, \"b\": { \"path\": \"y\" } } }",
        1,
        17,
        "Several services would write"
    )]
    [InlineData(
        "{ \"services\": { \"a\": { \"path\": \"x\", \"schemaFile\": \"s\" }, \"b\": { \"path\": \"y\", \"schemaFile\": \"s\" } } }",
        1,
        92,
        "Several services would write"
    )]
    [InlineData("{ \"services\": { \"a\": { \"paht\": \"x\" } } }", 1, 24, "Did you mean 'path'?")]
    [InlineData(
        "{ \"services\": { \"a\": { \"path\": \"x\" } }, \"environments\": { \"e\": { \"databases\": { \"a\": \"x\" },\n"
            + "\"database\": \"y\" } } }",
        2,
        13,
        "is that of no service"
    )]
    [InlineData("{ \"backup\": { \"beforeRun\": true } }", 1, 28, "no 'folder' is named")]
    [InlineData("{ \"backup\": { \"folder\": \"b\", \"restoreOnFailure\": true } }", 1, 50, "that is not set to true")]
    [InlineData(
        "{ \"backup\": { \"folder\": \"b\", \"beforeRun\": false },\n"
            + "\"environments\": { \"e\": { \"backup\": { \"restoreOnFailure\": true } } } }",
        2,
        58,
        "that is not set to true"
    )]
    public void What_is_wrong_is_named_with_its_place(string text, int line, int column, string words)
    {
        var error = Invalid(() => Open(text));
        Assert.Equal((ErrorId.ConfigurationInvalid, line, column), (error.Id, error.Location!.Line, error.Location.Column));
        Assert.Contains($"migrations.json:{line}:{column}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.NextStep.ToString());
    }

    [Theory]
    [InlineData(0xE4)]
    [InlineData(0)]
    public void Bytes_that_are_no_text_are_refused_with_their_place(byte bad)
    {
        _folder.Write("migrations.json", [(byte)'{', (byte)'\n', 0xC3, 0xA4, bad, (byte)'}']);
        var place = Invalid(() => ConfigurationFile.Open(null, _folder.Path)).Location!;
        Assert.Equal((2, 2), (place.Line, place.Column));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{ \"a\": ", "}")]
    public void What_is_nested_too_deep_is_no_broken_JSON(string open, string close)
    {
        var text = string.Concat(Enumerable.Repeat(open, 70)) + "1" + string.Concat(Enumerable.Repeat(close, 70));
        var error = Invalid(() => Open(text));
        Assert.Contains("more than 64 deep", error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 64 * open.Length + 1), (error.Location!.Line, error.Location.Column));
    }

    [Fact]
    public void What_services_have_in_common_may_stand_beside_what_they_have_of_their_own()
    {
        var read = Open(
            "{ \"backup\": { \"folder\": \"b\" }, "
                + Services
                + """, "environments": { "e": { "database": "x", "databases": { "a": "y" }, "backup": { "beforeRun": true } } } }"""
        );
        Assert.Equal(["y", "x"], read.Services.Select(s => read.Environments[0].DatabaseOf(s.Name)!.Value));
    }

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_allowed()
    {
        var read = Open("\uFEFF{ // all\n \"environments\": { \"e\": { \"database\": \"x\", }, }, /* end */ }");
        Assert.Equal("x", Assert.Single(read.Environments).Database!.Value);
    }

    [Fact]
    public void Services_stand_in_the_order_of_dependency()
    {
        var read = Open(
            "{ \"services\": { \"d\": { \"path\": \"d\", \"dependsOn\": [\"b\", \"c\"] }, \"c\": { \"path\": \"c\" }, "
                + "\"b\": { \"path\": \"b\", \"dependsOn\": [\"a\"] }, \"a\": { \"path\": \"a\" } } }"
        );
        Assert.Equal(["a", "b", "c", "d"], read.Services.Select(s => s.Name));
    }

    [Fact]
    public void It_is_found_above_but_not_above_a_repository()
    {
        var path = _folder.Write("migrations.json", "{}");
        var below = Directory.CreateDirectory(_folder["a/b"]).FullName;
        Assert.Equal(path, ConfigurationFile.Find(below));
        Directory.CreateDirectory(_folder["a/.git"]);
        Assert.Null(ConfigurationFile.Find(below));
        Assert.Null(ConfigurationFile.Open(null, below));
        var error = Assert.Throws<MigrationException>(() => ConfigurationFile.Open("nowhere.json", below));
        Assert.Equal(ErrorId.ConfigurationMissing, error.Id);
        error = Assert.Throws<MigrationException>(() => ConfigurationFile.Open(".git", _folder["a"]));
        Assert.Equal(ErrorId.ConfigurationMissing, error.Id);
        Assert.Contains("is a folder", error.Message, StringComparison.Ordinal);
    }

    [UnixTheory]
    [InlineData(UnixFileMode.OtherWrite, false)]
    [InlineData(UnixFileMode.OtherWrite, true)]
    public void A_file_that_others_can_change_is_used_only_when_it_is_named(UnixFileMode right, bool onFolder)
    {
        var path = _folder.Write("migrations.json", "{}");
        var changed = onFolder ? _folder.Path : path;
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(changed, File.GetUnixFileMode(changed) | right);
        var error = Assert.Throws<MigrationException>(() => ConfigurationFile.Open(null, _folder.Path));
        Assert.Equal(ErrorId.ConfigurationUntrusted, error.Id);
        Assert.Contains(path, error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.NotNull(ConfigurationFile.Open("migrations.json", _folder.Path));
    }

    [UnixTheory]
    [InlineData("a", UnixFileMode.OtherWrite, "other users can write the folder '{0}/a'")]
    [InlineData("a", UnixFileMode.OtherWrite | UnixFileMode.StickyBit, null)]
    [InlineData("a/b", UnixFileMode.OtherWrite | UnixFileMode.StickyBit, "other users can write the folder '{0}/a/b'")]
    [InlineData("c", UnixFileMode.OtherWrite, "other users can write the folder '{0}/c'")]
    [InlineData("c/real.json", UnixFileMode.OtherWrite, "other users can write '{0}/c/real.json', to which it is a link")]
    public void What_others_can_change_above_it_or_behind_a_link_makes_it_untrusted(string changed, UnixFileMode right, string? doubt)
    {
        if (OperatingSystem.IsWindows())
            return;
        _folder.Write("c/real.json", "{}");
        var below = Directory.CreateDirectory(_folder["a/b"]).FullName;
        File.CreateSymbolicLink(Path.Combine(below, "migrations.json"), _folder["c/real.json"]);
        File.SetUnixFileMode(_folder[changed], File.GetUnixFileMode(_folder[changed]) | right);
        if (doubt is null)
        {
            Assert.NotNull(ConfigurationFile.Open(null, below));
            return;
        }

        var error = Assert.Throws<MigrationException>(() => ConfigurationFile.Open(null, below));
        Assert.Equal(ErrorId.ConfigurationUntrusted, error.Id);
        Assert.Contains(string.Format(CultureInfo.InvariantCulture, doubt, _folder.Path), error.Message, StringComparison.Ordinal);
        Assert.NotNull(ConfigurationFile.Open("migrations.json", below));
    }

    [Theory]
    [InlineData("${MIGRATIONS_TEST_UNSET}", "MIGRATIONS_TEST_UNSET is not set")]
    [InlineData("${MIGRATIONS_TEST_UNSET:-${X}}", "has a reference in it")]
    [InlineData("${1A}", "'1A' cannot be the name of an environment variable")]
    [InlineData("${}", "names no variable")]
    [InlineData("${A", "has no '}'")]
    [InlineData("${file:}", "has no path")]
    [InlineData("${file:nowhere}", "cannot be read")]
    [InlineData("${file:two}", "more than one line")]
    [InlineData("${file:.}", "is a folder")]
    [InlineData("${secret:vault}", "names no vault or no secret")]
    [InlineData("${secret:vault/name}", "PowerShell module only")]
    public void A_reference_that_leads_to_nothing_is_named_with_its_place(string text, string words)
    {
        _folder.Write("two", "s3cr3t\ns3cr3t\n");
        var configuration = Open($$"""{ "environments": {"e": { "database": "{{text}}" } } }""");
        var error = Invalid(() =>
            Select(
                configuration,
                new()
                {
                    CurrentFolder = _folder.Path,
                    Target = Target,
                    Environment = "e",
                }
            )
        );
        Assert.Equal((1, 39), (error.Location!.Line, error.Location.Column));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("${MIGRATIONS_TEST_UNSET:-x.db}", "x.db")]
    [InlineData("a${MIGRATIONS_TEST_UNSET:-}b", "ab")]
    [InlineData("$${x}$", "${x}$")]
    [InlineData("a/${file:one}/b", "a/one line/b")]
    [InlineData("${secret:vault/a/b}", "vault: a/b")]
    public void References_are_replaced(string text, string expected)
    {
        _folder.Write("one", "  one line\n");
        var references = new ConfigurationReferences(_folder.Path, (vault, name) => $"{vault}: {name}");
        var value = new ConfiguredValue<string>(text, new ScriptLocation("f", 1, 1));
        Assert.Equal(expected, references.Expand(value));
        var isSecret = text.Contains("${file:", StringComparison.Ordinal) || text.Contains("${secret:", StringComparison.Ordinal);
        Assert.Equal(isSecret, references.Show(value).Contains("***", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "a", "local, production", "No environment is named")]
    [InlineData("prodution", "a", "", "Did you mean 'production'?")]
    [InlineData("local", "c", "", "no service 'c'")]
    [InlineData("local", "a,a", "", "named twice")]
    [InlineData("local", "a,*", "", "All services and single ones")]
    [InlineData("local", "", "", "No service is named")]
    public void A_choice_that_is_not_clear_is_wrong_use(string? environment, string services, string next, string words)
    {
        var configuration = Open(
            "{ " + Services + """, "environments": { "local": { "database": "l.db" }, "production": { "database": "p.db" } } }"""
        );
        var choice = new DatabaseChoice
        {
            CurrentFolder = _folder.Path,
            Target = Target,
            Environment = environment,
            Services = services.Split(',', StringSplitOptions.RemoveEmptyEntries),
        };
        var error = Assert.Throws<MigrationException>(() => Select(configuration, choice));
        Assert.Equal(ErrorId.UsageInvalid, error.Id);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains(next, error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_that_is_named_wins_and_then_only_the_defaults_of_the_file_count()
    {
        var configuration = Open(
            "{ \"defaultEnvironment\": \"local\", \"historyTable\": \"of_all\", "
                + Services
                + """, "environments": { "local": { "confirm": true, "historyTable": "local", "database": "l.db" } } }"""
        );
        var choice = new DatabaseChoice
        {
            CurrentFolder = _folder.Path,
            Target = Target,
            Databases = ["x.db"],
        };
        var given = Assert.Single(Select(configuration, choice));
        Assert.Equal(("x.db", "of_all", false), (given.Database, given.Settings.HistoryTable!.Value, given.Confirm));
        Assert.Equal(_folder["migrations"], given.Folder);
        var all = Select(configuration, choice with { Databases = [], Services = ["*"] });
        Assert.Equal([("a", "l.db", _folder["a"]), ("b", "l.db", _folder["b"])], all.Select(s => (s.Service, s.Database, s.Folder)));
        Assert.All(all, s => Assert.Equal((true, "local", "local"), (s.Confirm, s.Environment, s.Settings.HistoryTable!.Value)));
    }

    [Fact]
    public void Variables_are_taken_one_by_one_and_those_of_the_call_win()
    {
        _folder.Write("secret", "s3cr3t");
        var configuration = Open(
            """
            { "variables": { "a": "top", "b": "top", "c": 5, "d": "${file:secret}", "e": "$${x}" },
              "services": { "s": { "path": "s", "variables": { "a": "service" } } },
              "environments": { "local": { "database": "l.db", "variables": { "a": "environment", "b": "environment" } } } }
            """
        );
        var selected = Assert.Single(
            Select(
                configuration,
                new DatabaseChoice
                {
                    CurrentFolder = _folder.Path,
                    Target = Target,
                    Environment = "local",
                }
            )
        );
        var references = new ConfigurationReferences(_folder.Path, secrets: null);
        var found = ConfiguredVariables.Find(
            selected.Settings,
            references,
            [new ScriptVariable("c", "call"), new ScriptVariable("f", "")]
        )!;
        Assert.Equal(
            "a = service, b = environment, c = call, d = ***, e = ${x}, f = ",
            string.Join(", ", found.Variables.OrderBy(v => v.Name, StringComparer.Ordinal))
        );
        Assert.Equal("s3cr3t", found.Find("d")!.Value);
        Assert.Null(ConfiguredVariables.Find(ConfigurationSettings.None, references, given: null));
        Assert.NotNull(ConfiguredVariables.Find(ConfigurationSettings.None, references, given: []));
    }

    [Fact]
    public void A_value_that_cannot_be_one_is_at_its_place_in_the_file()
    {
        Environment.SetEnvironmentVariable("MIGRATIONS_TEST_LINES", "x\ny");
        var configuration = Open("{ \"variables\": {\n  \"a\": \"${MIGRATIONS_TEST_LINES}\" } }");
        var error = Assert.Throws<MigrationException>(() =>
            ConfiguredVariables.Find(configuration.Settings, new ConfigurationReferences(_folder.Path, secrets: null), given: null)
        );
        Assert.Equal((ErrorId.ConfigurationInvalid, 2, 8), (error.Id, error.Location!.Line, error.Location.Column));
    }

    [Theory]
    [InlineData(false, "a,b,c")]
    [InlineData(true, "c,b,a")]
    public void A_failure_stops_only_the_services_that_build_on_it(bool undoes, string order)
    {
        SelectedDatabase[] databases = [Of("a"), Of("b", "a"), Of("c")];
        var turns = new ServiceTurns(databases, undoes);
        Assert.Equal(order, string.Join(',', turns.InOrder.Select(d => d.Service)));
        turns.Fail(undoes ? databases[1] : databases[0]);
        var error = Assert.Throws<MigrationException>(() => turns.Demand(undoes ? databases[0] : databases[1]));
        Assert.Equal(ErrorId.ServiceSkipped, error.Id);
        turns.Demand(databases[2]);
        Assert.StartsWith("1 of 3 services completed", turns.Summary(), StringComparison.Ordinal);

        static SelectedDatabase Of(string service, params string[] before) =>
            new()
            {
                Database = service,
                BaseFolder = "/",
                Folder = "/",
                Service = service,
                DependsOn = before,
            };
    }

    private MigrationConfiguration Open(string text)
    {
        _folder.Write("migrations.json", text);
        return ConfigurationFile.Open(null, _folder.Path)!;
    }

    private static IReadOnlyList<SelectedDatabase> Select(MigrationConfiguration configuration, DatabaseChoice choice) =>
        new DatabaseSelector(configuration, choice).Databases();

    private static DatabaseTarget Target(string text, string folder) => new("Test", text, text, text);

    private static MigrationException Invalid(Action action)
    {
        var error = Assert.Throws<MigrationException>(action);
        Assert.Equal(ErrorId.ConfigurationInvalid, error.Id);
        return error;
    }
}
