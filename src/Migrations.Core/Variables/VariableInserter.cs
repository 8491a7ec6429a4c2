using System.Globalization;
using Migrations.Sql;

namespace Migrations.Variables;

/// <summary>
/// Inserts the values of variables into a script, each as its place allows: outside of quotes as one name or number, in quotes with the
/// quote doubled, in dollar quotes by the place in the body. Comments and the data of COPY stay as they are. Afterwards the script is read
/// again, and must consist of the same tokens: no value ends a literal, opens a comment or joins its neighbours to something else.
/// </summary>
/// <param name="dialect">How the script is read.</param>
/// <param name="variables">The values.</param>
/// <param name="script">The script, for its header and its name.</param>
internal sealed class VariableInserter(ISqlDialect dialect, VariableSet variables, MigrationScript script)
{
    private readonly List<FileProblem> _problems = [];
    private readonly VariableRules _rules = script.Header.Variables;
    private bool _hasRaw;

    /// <summary>The text of the script with the values in it.</summary>
    /// <exception cref="FolderException">A variable is not defined, or is where it may not be; all of them are named.</exception>
    public FilledText Fill(string text)
    {
        var result = new FilledTextBuilder(text, script.FirstLine);
        if (_rules.NoRule is { } unknown)
        {
            Add(
                ErrorId.HeaderInvalid,
                (script.FirstLine, 1),
                $"'{unknown}' is no rule of 'Variables:'.",
                "Write 'Variables: quoted', 'Variables: everywhere', 'Variables: none' or 'Variables: <name> raw'."
            );
        }

        if (!_rules.None)
            Fill(text, (0, text.Length), result, isBody: false);
        var filled = result.Finish();
        return _problems.Count == 0 ? filled : throw new FolderException(Path.GetDirectoryName(script.File) ?? "", _problems);
    }

    private void Fill(string source, (int Start, int End) part, FilledTextBuilder result, bool isBody)
    {
        var text = source[part.Start..part.End];
        var expected = new List<(int Start, int End)>();
        var start = result.LengthAt(part.Start);
        var (taken, joins) = (part.Start, false);
        foreach (var token in dialect.Tokenize(text))
        {
            var (from, to) = (part.Start + token.Start, part.Start + token.Start + token.Length);
            if (from < taken)
                continue;
            var isReference = IsReference(source, token, to, part.End) && !IsBatch(source, to - 1);
            joins &= from == taken && (isReference || token.Kind is SqlTokenKind.Word or SqlTokenKind.Number or SqlTokenKind.Parameter);
            var begins = joins ? expected[^1].Start : result.LengthAt(from) - start;
            if (joins)
                expected.RemoveAt(expected.Count - 1);
            if (token.Kind is SqlTokenKind.Literal or SqlTokenKind.QuotedName)
                FillQuoted(source, (from, to), result);
            taken = to;
            if (isReference)
                taken = FillBare(source, to - 1, part.End, result);
            // A name that was begun before a value goes on behind it; so does a dollar sign of which the lexer made a token of its own.
            joins = isReference;
            expected.Add((begins, result.LengthAt(taken) - start));
        }

        Verify(result, start, part.End, expected, isBody);
    }

    private static bool IsReference(string source, SqlToken token, int end, int limit) =>
        token.Kind is SqlTokenKind.Word or SqlTokenKind.Number or SqlTokenKind.Parameter or SqlTokenKind.Symbol
        && source[end - 1] == '$'
        && end < limit
        && source[end] == '{';

    // Where a script runs in batches, that is no variable but the place of their condition.
    private bool IsBatch(string source, int at) => script.Header.Batch is not null && BatchStatement.IsMarkerAt(source, at);

    /// <summary>What stands in braces where a name should; null when they are empty, or not closed on the line.</summary>
    private static string? NotAName(string source, int at, int end)
    {
        var rest = source.AsSpan(at + VariableReference.Opening.Length, end - at - VariableReference.Opening.Length);
        var length = rest.IndexOfAny('}', '\r', '\n');
        return length > 0 && rest[length] == '}' ? rest[..length].ToString() : null;
    }

    /// <summary>Outside of quotes.</summary>
    /// <returns>Where the reference ends.</returns>
    private int FillBare(string source, int at, int end, FilledTextBuilder result)
    {
        var reference = VariableReference.At(source, at, end);
        var place = result.PlaceOf(at);
        if (!reference.IsNamed)
        {
            Add(
                ErrorId.VariableInvalid,
                place,
                NotAName(source, at, end) is { } other
                    ? $"'{other}' cannot be the name of a variable."
                    : "'${' begins no reference to a variable.",
                "Write ${name}; a name has letters, digits and '_'. For a script without variables: '-- Variables: none'."
            );
        }
        else if (Find(reference, place) is { } variable)
        {
            if (IsRaw(variable) || IsOneToken(variable.Value) || (GoesOn(source, at) && IsOfName(variable.Value)))
            {
                result.Replace(reference, variable.Value);
                return reference.End;
            }

            Add(
                ErrorId.VariableInvalid,
                place,
                $"The value of '{variable.Name}'{Shown(variable)} is not one name or number, as it must be outside of quotes.",
                "Give another value; put the reference into quotes, with the header '-- Variables: quoted'; or, if the value is "
                    + "SQL that you "
                    + $"trust, write '-- Variables: {variable.Name} raw'."
            );
        }

        return reference.End;
    }

    private void FillQuoted(string source, (int Start, int End) token, FilledTextBuilder result)
    {
        if (source.AsSpan(token.Start, token.End - token.Start).IndexOf(VariableReference.Opening) < 0)
            return;
        var form = dialect.FormOf(source.AsSpan(token.Start, token.End - token.Start));
        var (from, to) = (token.Start + form.Open, token.End - form.Close);
        if (form.IsDollarQuote && _rules.Everywhere)
        {
            Fill(source, (from, to), result, isBody: true);
            return;
        }

        while (VariableReference.Find(source, from, to) is { } reference)
        {
            from = reference.End;
            if (reference.IsNamed)
                FillQuoted(reference, form, result);
        }
    }

    private void FillQuoted(VariableReference reference, QuoteForm form, FilledTextBuilder result)
    {
        var place = result.PlaceOf(reference.Start);
        var isAllowed = form.IsDollarQuote ? _rules.Everywhere : _rules.Quoted;
        // What is only a text in quotes, and happens to look like a reference, is left alone.
        if (!isAllowed && variables.Find(reference.Name) is null)
            return;
        if (Find(reference, place) is not { } variable)
            return;
        if (IsRaw(variable))
            result.Replace(reference, variable.Value);
        else if (!isAllowed)
            AddMisplaced(variable, form, place);
        else if (Escape(variable.Value, form) is { } value)
            result.Replace(reference, value);
        else
            AddUnescapable(variable, form, place);
    }

    private ScriptVariable? Find(VariableReference reference, (int Line, int Column) place)
    {
        var found = variables.Find(reference.Name);
        if (found is not null)
            return found;
        var near = NearName.Find(reference.Name, variables.Variables.Select(v => v.Name));
        Add(
            ErrorId.VariableUndefined,
            place,
            $"The variable '{reference.Name}' is not defined.{(near is null ? "" : $" Did you mean '{near}'?")}",
            $"Give it a value with {CallOption.Variable}, or as \"variables\" in the configuration file. For a script without variables: "
                + $"'-- Variables: none'."
        );
        return null;
    }

    private bool IsRaw(ScriptVariable variable)
    {
        var raw = _rules.Raw.Contains(variable.Name, StringComparer.Ordinal);
        _hasRaw |= raw;
        return raw;
    }

    /// <summary>Whether a reference goes on with a name or number that stands before it: <c>log_${migration}</c>.</summary>
    private static bool GoesOn(string source, int at) =>
        at > 0 && (source[at - 1] is '_' or '}' || char.IsLetterOrDigit(source[at - 1]) || source[at - 1] > '\u007F');

    private static bool IsOfName(string value) => value.All(c => c is '_' or > '\u007F' || char.IsAsciiLetterOrDigit(c));

    // A lexer takes 001_a for a number, as its database does, which then refuses it.
    private static bool IsNumber(string value) =>
        value.All(c => char.IsAsciiDigit(c) || c is '_')
        || value.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        || double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private bool IsOneToken(string value)
    {
        var tokens = dialect.Tokenize(value).Take(2).ToList();
        return tokens is [{ Kind: SqlTokenKind.Word }]
            || (tokens is [{ Kind: SqlTokenKind.Number }] && IsNumber(value))
            || (tokens is [{ Kind: SqlTokenKind.QuotedName }] && dialect.FormOf(value).Close > 0);
    }

    private static string? Escape(string value, QuoteForm form)
    {
        // Where the quote is not closed, doubling it would change where it ends.
        var forbidden = form.Close == 0 ? form.Forbidden + form.Doubled : form.Forbidden;
        if (value.AsSpan().IndexOfAny(forbidden) >= 0)
            return null;
        foreach (var c in form.Doubled)
            value = value.Replace(c.ToString(), new string(c, 2), StringComparison.Ordinal);
        return value;
    }

    /// <summary>Reads the new text again: a value must not have changed what its neighbours are.</summary>
    private void Verify(FilledTextBuilder result, int start, int end, List<(int Start, int End)> expected, bool isBody)
    {
        if (_hasRaw || _problems.Count > 0)
            return;
        var text = result.Between(start, end);
        var at = 0;
        foreach (var token in dialect.Tokenize(text))
        {
            var wanted = at < expected.Count ? expected[at++] : (Start: token.Start, End: -1);
            if (wanted == (token.Start, token.Start + token.Length))
                continue;
            var reference = result.Before(start + token.Start + token.Length)!.Value;
            Add(
                ErrorId.VariableInvalid,
                result.PlaceOf(reference.Start),
                $"With the value of '{reference.Name}', what stands beside it {(isBody ? "in this body " : "")}would become "
                    + "something else.",
                "Separate the reference from its neighbours, or give another value."
            );
            return;
        }
    }

    private void AddMisplaced(ScriptVariable variable, QuoteForm form, (int Line, int Column) place)
    {
        var (where, rule) = form.IsDollarQuote ? ("dollar quotes", "everywhere") : ("quotes", "quoted");
        Add(
            ErrorId.VariableInvalid,
            place,
            $"The variable '{variable.Name}' stands in {where}, where this script takes none.",
            $"Add '-- Variables: {rule}' to the script's first comment, or '-- Variables: none' if this is no variable."
        );
    }

    private void AddUnescapable(ScriptVariable variable, QuoteForm form, (int Line, int Column) place) =>
        Add(
            ErrorId.VariableInvalid,
            place,
            $"The value of '{variable.Name}'{Shown(variable)} has a character that cannot stand in "
                + $"{(form.Close == 0 ? "an open quote" : "this quote")}.",
            "Give another value, or write the name in double quotes."
        );

    private static string Shown(ScriptVariable variable) => variable.IsSecret ? "" : $" ({variable.Value})";

    private void Add(ErrorId id, (int Line, int Column) place, string message, Advice remedy) =>
        _problems.Add(new FileProblem(id, new ScriptLocation(script.File, place.Line, place.Column), message, remedy));
}
