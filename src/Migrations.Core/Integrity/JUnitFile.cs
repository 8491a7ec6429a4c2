using System.Globalization;
using System.Text;
using System.Xml;
using Migrations.Folders;

namespace Migrations.Integrity;

/// <summary>
/// Writes a JUnit file, by the schema that Azure Pipelines documents for it
/// (<see href="https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-test-results-v2"/>).
/// </summary>
internal static class JUnitFile
{
    /// <summary>Writes the file. An existing one is replaced.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="suites">The suites.</param>
    /// <param name="time">When the cases were run.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/>: it cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<JUnitSuite> suites, DateTimeOffset time)
    {
        ReplacedFile.Demand(path, "The report", "<");
        try
        {
            using var stream = File.Create(path);
            Write(stream, suites, time);
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
    public static void Write(Stream stream, IReadOnlyList<JUnitSuite> suites, DateTimeOffset time)
    {
        using var xml = XmlWriter.Create(
            stream,
            new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) }
        );
        xml.WriteStartElement("testsuites");
        for (var id = 0; id < suites.Count; id++)
            WriteSuite(xml, suites[id], id, time);
        xml.WriteEndElement();
    }

    private static void WriteSuite(XmlWriter xml, JUnitSuite suite, int id, DateTimeOffset time)
    {
        var cases = suite.Cases;
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Clean(suite.Name));
        xml.WriteAttributeString("package", "migrations");
        xml.WriteAttributeString("id", Number(id));
        xml.WriteAttributeString("timestamp", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        xml.WriteAttributeString("hostname", Environment.MachineName);
        xml.WriteAttributeString("tests", Number(cases.Count));
        xml.WriteAttributeString("failures", Number(cases.Count(c => c.Failure is not null)));
        xml.WriteAttributeString("errors", "0");
        xml.WriteAttributeString("skipped", Number(cases.Count(c => c.Skipped is not null)));
        xml.WriteAttributeString("time", Seconds(TimeSpan.FromTicks(cases.Sum(c => c.Duration.Ticks))));
        xml.WriteStartElement("properties");
        xml.WriteEndElement();
        foreach (var one in cases)
            WriteCase(xml, one);
        xml.WriteElementString("system-out", Clean(suite.Output));
        xml.WriteElementString("system-err", "");
        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, JUnitCase one)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", Clean(one.Name));
        xml.WriteAttributeString("classname", one.Class);
        xml.WriteAttributeString("time", Seconds(one.Duration));
        if ((one.Failure ?? one.Skipped) is { } why)
        {
            xml.WriteStartElement(one.Failure is null ? "skipped" : "failure");
            xml.WriteAttributeString("message", Clean(why.Message));
            if (one.Failure is not null)
                xml.WriteAttributeString("type", why.Type);
            xml.WriteString(Clean(why.Details));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
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
