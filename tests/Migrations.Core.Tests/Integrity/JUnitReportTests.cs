using System.Text;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Migrations.Integrity;
using Xunit;

namespace Migrations.Core.Tests.Integrity;

public class JUnitReportTests
{
    private static readonly CheckResult[] Results =
    [
        Result("tables", CheckStatus.Pass),
        Result("drift", CheckStatus.Fail) with
        {
            Target = "idx \"a\" <b>",
            Expected = "(a)",
            Actual = "not there",
            NextStep = "CREATE INDEX",
        },
        Result("amcheck", CheckStatus.NotRun) with
        {
            Message = "Not installed.",
        },
        Result("statistics", CheckStatus.Warn) with
        {
            Message = "Never gathered\u0001\uD83D\uDE00.",
            Database = "other",
        },
    ];

    [Fact]
    public void It_fits_the_schema_that_Azure_Pipelines_reads()
    {
        // The element names, attributes and orders of the Ant JUnit schema, which the documentation of PublishTestResults names.
        var schemas = new XmlSchemaSet();
        using (var reader = XmlReader.Create(new StringReader(AntSchema)))
            schemas.Add(null, reader);
        var problems = new List<string>();

        Write().Validate(schemas, (_, e) => problems.Add(e.Message));

        Assert.Empty(problems);
    }

    [Fact]
    public void Failures_and_what_was_not_run_are_counted_and_told()
    {
        var suites = Write().Root!.Elements("testsuite").ToList();

        Assert.Equal(
            ("here", "3", "1", "1"),
            (
                suites[0].Attribute("name")!.Value,
                suites[0].Attribute("tests")!.Value,
                suites[0].Attribute("failures")!.Value,
                suites[0].Attribute("skipped")!.Value
            )
        );
        var failure = suites[0].Descendants("failure").Single();
        Assert.Equal("drift: idx \"a\" <b>", failure.Parent!.Attribute("name")!.Value);
        Assert.Equal("Expected: (a)\nActual: not there\nWhat to do: CREATE INDEX\n", failure.Value);
        Assert.Equal("Not installed.", suites[0].Descendants("skipped").Single().Attribute("message")!.Value);
        Assert.Equal("statistics: Never gathered\uFFFD\uD83D\uDE00.", suites[1].Element("system-out")!.Value);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error_that_says_so()
    {
        var error = Assert.Throws<MigrationException>(() =>
            JUnitReport.Write(
                Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "report.xml"),
                Results,
                DateTimeOffset.UnixEpoch
            )
        );

        Assert.Equal(ErrorId.DiskFailed, error.Id);
    }

    private static XDocument Write()
    {
        using var stream = new MemoryStream();
        JUnitReport.Write(stream, Results, DateTimeOffset.UnixEpoch);
        return XDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()), LoadOptions.PreserveWhitespace);
    }

    private static CheckResult Result(string name, CheckStatus status) =>
        new()
        {
            Database = "here",
            Name = name,
            Category = CheckCategory.Schema,
            Status = status,
            Message = "The message.",
            Duration = TimeSpan.FromMilliseconds(12),
        };

    private const string AntSchema = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
          <xs:simpleType name="name"><xs:restriction base="xs:token"><xs:minLength value="1"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="time"><xs:restriction base="xs:dateTime">
              <xs:pattern value="[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"/></xs:restriction></xs:simpleType>
          <xs:complexType name="message"><xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="message" type="xs:string"/>
              </xs:extension></xs:simpleContent></xs:complexType>
          <xs:complexType name="failed"><xs:simpleContent><xs:extension base="xs:string">
            <xs:attribute name="message" type="xs:string"/><xs:attribute name="type" type="xs:string" use="required"/>
          </xs:extension></xs:simpleContent></xs:complexType>
          <xs:element name="testsuites"><xs:complexType><xs:sequence>
            <xs:element name="testsuite" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
              <xs:sequence>
                <xs:element name="properties"><xs:complexType/></xs:element>
                <xs:element name="testcase" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
                  <xs:choice minOccurs="0"><xs:element name="skipped" type="message"/><xs:element name="failure" type="failed"/></xs:choice>
                  <xs:attribute name="name" type="name" use="required"/><xs:attribute name="classname" type="name" use="required"/>
                      <xs:attribute name="time" type="xs:decimal" use="required"/>
                </xs:complexType></xs:element>
                <xs:element name="system-out" type="xs:string"/><xs:element name="system-err" type="xs:string"/>
              </xs:sequence>
              <xs:attribute name="name" type="name" use="required"/><xs:attribute name="package" type="name" use="required"/>
                  <xs:attribute name="id" type="xs:int" use="required"/>
              <xs:attribute name="timestamp" type="time" use="required"/><xs:attribute name="hostname" type="name" use="required"/>
              <xs:attribute name="tests" type="xs:int" use="required"/><xs:attribute name="failures" type="xs:int" use="required"/>
                  <xs:attribute name="errors" type="xs:int" use="required"/>
              <xs:attribute name="skipped" type="xs:int"/><xs:attribute name="time" type="xs:decimal" use="required"/>
            </xs:complexType></xs:element>
          </xs:sequence></xs:complexType></xs:element>
        </xs:schema>
        """;
}
