using System.Globalization;
using System.Text.Json;
using Migrations.Databases;

namespace Migrations.Cli.Output;

/// <summary>
/// Writes what a script did as one object of the report's array, with its result sets: a row is an object with a property for each column.
/// </summary>
internal sealed class JsonRows(Utf8JsonWriter writer) : IRowReport
{
    private const int MostPending = 32_768;

    private IReadOnlyList<RowColumn> _columns = [];
    private bool _isOpen;
    private bool _isInSet;

    public void Restart() { }

    public void Begin(IReadOnlyList<RowColumn> columns)
    {
        Open();
        EndSet();
        (_columns, _isInSet) = (columns, true);
        writer.WriteStartObject();
        writer.WriteStartArray("columns");
        foreach (var column in columns)
        {
            writer.WriteStartObject();
            writer.WriteString("name", column.Name);
            writer.WriteString("type", column.Type);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("rows");
    }

    public void Add(IReadOnlyList<object?> values)
    {
        writer.WriteStartObject();
        for (var i = 0; i < values.Count; i++)
        {
            writer.WritePropertyName(_columns[i].Name);
            Write(values[i], _columns[i].Type);
        }

        writer.WriteEndObject();
        if (writer.BytesPending > MostPending)
            writer.Flush();
    }

    public void Complete(DatabaseScriptResult result)
    {
        Open();
        EndSet();
        writer.WriteEndArray();
        writer.WriteString("database", result.Database);
        writer.WriteString("service", result.Service);
        writer.WriteString("name", result.Name);
        writer.WriteString("file", result.File);
        writer.WriteString("outcome", result.Outcome.ToString());
        writer.WriteNumber("durationMs", Math.Round(result.Duration.TotalMilliseconds, 3));
        if (result.RowsAffected is { } rows)
            writer.WriteNumber("rowsAffected", rows);
        else
            writer.WriteNull("rowsAffected");
        writer.WriteNumber("statements", result.Statements);
        writer.WriteEndObject();
        _isOpen = false;
    }

    public void Dispose()
    {
        EndSet();
        if (!_isOpen)
            return;
        writer.WriteEndArray();
        writer.WriteEndObject();
        _isOpen = false;
    }

    private void Open()
    {
        if (_isOpen)
            return;
        writer.WriteStartObject();
        writer.WriteStartArray("results");
        _isOpen = true;
    }

    private void EndSet()
    {
        if (!_isInSet)
            return;
        writer.WriteEndArray();
        writer.WriteEndObject();
        _isInSet = false;
    }

    private void Write(object? value, string? type)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool yes:
                writer.WriteBooleanValue(yes);
                break;
            case short or int or long:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            // JSON has no word for what is no number.
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case byte[] bytes:
                writer.WriteBase64StringValue(bytes);
                break;
            case DateTime moment when type is not "date":
                writer.WriteStringValue(moment);
                break;
            case DateTimeOffset moment:
                writer.WriteStringValue(moment);
                break;
            default:
                writer.WriteStringValue(RowText.Of(value, type));
                break;
        }
    }
}
