using System.Globalization;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>
/// Reads the casts of an expression as the server writes it back: every literal has one, and what SQLite would convert otherwise has no
/// equal.
/// </summary>
/// <param name="tokens">The tokens of the expression.</param>
/// <param name="typing">Finds the kind of what is cast.</param>
/// <param name="isDefault">Whether it is a default: a literal of any type is what it says.</param>
internal sealed class ExpressionCasts(ExpressionTokens tokens, ExpressionWriter typing, bool isDefault)
{
    /// <summary>Takes the name of a type: several words, and a length, which is passed over.</summary>
    public string TypeName()
    {
        var name = tokens.Take().Name;
        if (tokens.Skip("."))
            name = tokens.Take().Name;
        if (name is "character" or "double" or "bit")
            name +=
                tokens.Skip("varying") ? " varying"
                : tokens.Skip("precision") ? " precision"
                : "";
        if (tokens.Skip("("))
        {
            while (!tokens.IsAtEnd && !tokens.Skip(")"))
                _ = tokens.Take();
        }

        if (name is "timestamp" or "time")
            name +=
                tokens.Skip("without", "time", "zone") ? ""
                : tokens.Skip("with", "time", "zone") ? "tz"
                : "";
        while (tokens.Skip("[", "]"))
            name += "[]";
        return name;
    }

    private static ColumnKind? KindOfType(string name) =>
        name switch
        {
            "text" or "character varying" or "character" or "bpchar" or "name" => ColumnKind.Text,
            "bigint" or "integer" or "smallint" => ColumnKind.Integer,
            "double precision" or "real" => ColumnKind.Real,
            "numeric" => ColumnKind.Decimal,
            "boolean" => ColumnKind.Boolean,
            "date" => ColumnKind.Date,
            "timestamp" => ColumnKind.Timestamp,
            "timestamptz" => ColumnKind.TimestampWithZone,
            "json" or "jsonb" => ColumnKind.Json,
            "uuid" => ColumnKind.Uuid,
            "bytea" => ColumnKind.Bytes,
            _ => null,
        };

    /// <summary>Reads an operand as a type.</summary>
    public SqlExpression Cast(SqlExpression operand, string type)
    {
        if (operand is NullLiteral)
            return operand;
        var kind = KindOfType(type);
        if (operand is TextLiteral literal)
            return OfLiteral(literal, type, kind);
        return (typing.KindOf(operand), kind) switch
        {
            ({ } from, { } to) when from == to => operand,
            // A number as it is written.
            (ColumnKind.Integer or ColumnKind.Real, ColumnKind.Decimal) when IsNumber(operand) => operand,
            (ColumnKind.Integer or ColumnKind.Real, ColumnKind.Real) => new CastExpression(operand, ColumnKind.Real),
            (ColumnKind.Integer, ColumnKind.Text) => new CastExpression(operand, ColumnKind.Text),
            (ColumnKind.Boolean, ColumnKind.Integer) => new CastExpression(operand, ColumnKind.Integer),
            _ => throw new UntranslatableException($"the cast to {type} has no equal"),
        };
    }

    private static bool IsNumber(SqlExpression e) =>
        e is NumberLiteral || (e is UnaryExpression { Operator: "-" } u && IsNumber(u.Operand));

    private SqlExpression OfLiteral(TextLiteral literal, string type, ColumnKind? kind)
    {
        var text = literal.Value;
        return kind switch
        {
            ColumnKind.Integer or ColumnKind.Real or ColumnKind.Decimal => Number(text),
            ColumnKind.Boolean => new BooleanLiteral(text is "t" or "true"),
            ColumnKind.Bytes when text.StartsWith("\\x", StringComparison.Ordinal) => new BytesLiteral(text[2..]),
            // As its values are written.
            ColumnKind.TimestampWithZone when text.EndsWith("+00", StringComparison.Ordinal) => new TextLiteral(text + ":00"),
            { } => literal,
            null when isDefault => literal,
            null => throw new UntranslatableException($"the type {type} has no equal"),
        };
    }

    private static SqlExpression Number(string text)
    {
        if (!double.TryParse(text, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            throw new UntranslatableException($"the number '{text}' has no equal");
        return text.StartsWith('-') ? new UnaryExpression("-", new NumberLiteral(text[1..])) : new NumberLiteral(text.TrimStart('+'));
    }
}
