using Migrations.Configuration;
using Migrations.Sql;

namespace Migrations.Integrity;

/// <summary>
/// Cuts a file of declared checks into its sections and reads their directives: comments like <c>-- expect: rows 0</c>, never text inside
/// literals.
/// </summary>
internal static class CheckSections
{
    /// <summary>Reads one file. What is wrong with it is added to the problems.</summary>
    public static IReadOnlyList<DeclaredCheck> Read(string file, string text, ISqlDialect dialect, List<FileProblem> problems)
    {
        var sections = new List<Section> { new(Path.GetFileNameWithoutExtension(file), 0, 1) };
        var (position, line) = (0, 1);
        foreach (var token in dialect.Tokenize(text))
        {
            line += text.AsSpan(position, token.Start - position).Count('\n');
            position = token.Start;
            var section = sections[^1];
            if (token.Kind is SqlTokenKind.Comment)
            {
                if (Directive(token.In(text)) is not { } directive)
                    continue;
                if (directive.Key is "check")
                    sections.Add(new Section(directive.Value, token.Start, line));
                else
                    section.Directives.Add((directive.Key, directive.Value, line));
            }
            else if (token.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Semicolon) && section.StatementLine == 0)
            {
                (section.StatementStart, section.StatementLine) = (token.Start, line);
            }
        }

        // Before the first '-- check:' there may be directives for nothing, but no statement, because it would belong to no check.
        if (sections.Count > 1 && sections[0] is { StatementLine: 0, Directives.Count: 0 })
            sections.RemoveAt(0);
        return
        [
            .. sections
                .Select((section, i) => Build(file, text, section, i + 1 < sections.Count ? sections[i + 1].Start : text.Length, problems))
                .OfType<DeclaredCheck>(),
        ];
    }

    private static (string Key, string Value)? Directive(ReadOnlySpan<char> comment)
    {
        if (!comment.StartsWith("--", StringComparison.Ordinal))
            return null;
        comment = comment.TrimStart('-').Trim();
        var colon = comment.IndexOf(':');
        if (colon < 1)
            return null;
        var key = comment[..colon].Trim().ToString().ToLowerInvariant();
        return key is "check" or "expect" or "severity" or "timeout" or "environment" or "recommend"
            ? (key, comment[(colon + 1)..].Trim().ToString())
            : null;
    }

    private static DeclaredCheck? Build(string file, string text, Section section, int end, List<FileProblem> problems)
    {
        var before = problems.Count;
        var check = new DeclaredCheck
        {
            Name = section.Name,
            Location = new ScriptLocation(file, section.StatementLine == 0 ? section.Line : section.StatementLine),
            Sql = section.StatementLine == 0 ? "" : text[section.StatementStart..end],
            Expectation = new RowsExpectation(CheckOperator.Equal, 0),
        };
        if (section.Name.Length == 0)
            Wrong(section.Line, "The check has no name.", "Write '-- check: name'.");
        if (section.StatementLine == 0)
            Wrong(section.Line, $"The check '{section.Name}' has no statement.", "Write the statement below its directives.");
        var expectations = section.Directives.Where(d => d.Key is "expect").ToList();
        if (expectations.Count != 1)
            Wrong(
                section.Line,
                expectations.Count == 0
                    ? $"The check '{section.Name}' has no expectation."
                    : $"The check '{section.Name}' has {expectations.Count} expectations.",
                $"Write one line '-- expect: ...': {CheckExpectationParser.Forms}."
            );
        foreach (var (key, value, line) in section.Directives)
        {
            if (Apply(check, key, value) is { } applied)
                check = applied;
            else
                Wrong(line, $"Invalid directive '{key}: {value}'.", Remedy(key));
        }

        return problems.Count == before ? check : null;

        void Wrong(int line, string message, Advice remedy) =>
            problems.Add(new FileProblem(ErrorId.CheckInvalid, new ScriptLocation(file, line), message, remedy));
    }

    private static DeclaredCheck? Apply(DeclaredCheck check, string key, string value) =>
        key switch
        {
            "expect" => CheckExpectationParser.Parse(value) is { } expectation ? check with { Expectation = expectation } : null,
            "severity" when value.Equals("warn", StringComparison.OrdinalIgnoreCase) => check with { Severity = CheckStatus.Warn },
            "severity" when value.Equals("fail", StringComparison.OrdinalIgnoreCase) => check with { Severity = CheckStatus.Fail },
            "timeout" => DurationParser.TryParse(value, out var timeout) && timeout > TimeSpan.Zero
                ? check with
                {
                    Timeout = timeout,
                }
                : null,
            "environment" => check with
            {
                Environments =
                [
                    .. check.Environments,
                    .. value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                ],
            },
            "recommend" => check with { Recommendation = value },
            _ => null,
        };

    private static string Remedy(string key) =>
        key switch
        {
            "expect" => $"Write one of: {CheckExpectationParser.Forms}.",
            "severity" => "Write 'severity: warn' or 'severity: fail'.",
            _ => $"Write a duration: {DurationParser.Forms}.",
        };

    /// <summary>What is gathered of a section while the file is read.</summary>
    private sealed class Section(string name, int start, int line)
    {
        public string Name => name;

        public int Start => start;

        public int Line => line;

        public int StatementStart { get; set; }

        public int StatementLine { get; set; }

        public List<(string Key, string Value, int Line)> Directives { get; } = [];
    }
}
