using System.Globalization;
using System.Text;
using System.Xml;
using Migrations.Folders;

namespace Migrations.Integrity;

/// <summary>
/// Writes check results as a JUnit file, by the schema that Azure Pipelines documents for it
/// (<see href="https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-test-results-v2"/>): one suite per database, a
/// failure for each failed check, a skipped case for each that was not run; warnings pass, and are listed in the suite's output.
/// </summary>
public static class JUnitReport
{
    /// <summary>Writes the file. An existing one is replaced.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="results">The results.</param>
    /// <param name="time">When the checks were made.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/>: it cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<CheckResult> results, DateTimeOffset time)
    {
        try
        {
            RegularFile.Require(path);
            using var stream = File.Create(path);
            Write(stream, results, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"The report '{path}' could not be written: {e.Message}",
                "Specify a file in an existing, writable folder.",
                e
            );
        }
    }

    /// <summary>Writes to a stream.</summary>
    public static void Write(Stream stream, IReadOnlyList<CheckResult> results, DateTimeOffset time)
    {
        using var xml = XmlWriter.Create(
            stream,
            new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) }
        );
        xml.WriteStartElement("testsuites");
        var id = 0;
        foreach (var suite in results.GroupBy(r => r.Database, StringComparer.Ordinal))
            WriteSuite(xml, suite.Key, [.. suite], id++, time);
        xml.WriteEndElement();
    }

    private static void WriteSuite(XmlWriter xml, string database, List<CheckResult> results, int id, DateTimeOffset time)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Clean(database));
        xml.WriteAttributeString("package", "migrations");
        xml.WriteAttributeString("id", Number(id));
        xml.WriteAttributeString("timestamp", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        xml.WriteAttributeString("hostname", Environment.MachineName);
        xml.WriteAttributeString("tests", Number(results.Count));
        xml.WriteAttributeString("failures", Number(results.Count(r => r.Status == CheckStatus.Fail)));
        xml.WriteAttributeString("errors", "0");
        xml.WriteAttributeString("skipped", Number(results.Count(r => r.Status == CheckStatus.NotRun)));
        xml.WriteAttributeString("time", Seconds(TimeSpan.FromTicks(results.Sum(r => r.Duration.Ticks))));
        xml.WriteStartElement("properties");
        xml.WriteEndElement();
        foreach (var result in results)
            WriteCase(xml, result);
        var warnings = results
            .Where(r => r.Status == CheckStatus.Warn)
            .Select(r => $"{Title(r)}: {r.Message} {r.Recommendation}".TrimEnd());
        xml.WriteElementString("system-out", Clean(string.Join('\n', warnings)));
        xml.WriteElementString("system-err", "");
        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, CheckResult result)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", Clean(Title(result)));
        xml.WriteAttributeString("classname", "migrations." + result.Category.Word());
        xml.WriteAttributeString("time", Seconds(result.Duration));
        if (result.Status is CheckStatus.Fail or CheckStatus.NotRun)
        {
            xml.WriteStartElement(result.Status == CheckStatus.Fail ? "failure" : "skipped");
            xml.WriteAttributeString("message", Clean(result.Message));
            if (result.Status == CheckStatus.Fail)
                xml.WriteAttributeString("type", result.Category.Word());
            xml.WriteString(Clean(Details(result)));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static string Title(CheckResult result) => result.Target is null ? result.Name : $"{result.Name}: {result.Target}";

    private static string Details(CheckResult result)
    {
        var text = new StringBuilder();
        foreach (
            var (label, value) in new[] { ("Expected", result.Expected), ("Actual", result.Actual), ("What to do", result.Recommendation) }
        )
        {
            if (value is not null)
                text.Append(label).Append(": ").Append(value).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Takes out what XML cannot hold, which a database's text may.</summary>
    private static string Clean(string text)
    {
        if (text.All(XmlConvert.IsXmlChar))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value))
                clean.Append(rune);
            else
                clean.Append('\uFFFD');
        }

        return clean.ToString();
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
}
