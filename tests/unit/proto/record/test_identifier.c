#include "tests/unit/fixture.h"

#include "proto/record/identifier.h"

/* What a value becomes, or NULL; *doubt as identifier_normalise() says it. */
static const char *become_of(const char *type, struct span value, const char **doubt)
{
    static char out[VALUE_MAX + 1];
    struct refusal why;
    memset(out, 'x', sizeof out);
    if (identifier_normalise(out, type, value, doubt, &why) == 0)
        return out;
    assert_int_equal(why.reason, REASON_IDENTIFIER);
    assert_string_equal(out, "");
    return NULL;
}

static void becomes(const char *type, const char *value, const char *want)
{
    const char *doubt;
    const char *got = become_of(type, span_str(value), &doubt);
    if (got == NULL || strcmp(got, want) != 0)
        fail_msg("%s %s: %s", type, value, got == NULL ? "refused" : got);
    got = become_of(type, span_str(want), NULL);
    if (got == NULL || strcmp(got, want) != 0)
        fail_msg("%s %s again: %s", type, want, got == NULL ? "refused" : got);
}

/* cause: how it begins. */
static void refused(const char *type, const char *value, const char *cause)
{
    char out[VALUE_MAX + 1];
    struct refusal why;
    const char *doubt;
    if (identifier_normalise(out, type, span_str(value), &doubt, &why) == 0)
        fail_msg("%s %s is accepted as %s", type, value, out);
    assert_string_equal(out, "");
    if (strncmp(why.subject, cause, strlen(cause)) != 0)
        fail_msg("%s %s: %s", type, value, why.subject);
    if (cause_words(why.subject, LANGUAGE_ES) == why.subject)
        fail_msg("no Spanish for: %s", why.subject);
}

#define WRONG_DIGIT "the check digit is wrong"

static void a_curp_has_its_form_and_check_digit(void **state)
{
    /* One change each, at every place of the form; the check digit is right. */
    static const char *const bad[] = {
        "GBMC850315HDFRRR01", "1OMC850315HDFRRR07", "GO1C850315HDFRRR07", "GOM1850315HDFRRR07",
        "GOMCX50315HDFRRR07", "GOMC8X0315HDFRRR07", "GOMC85X315HDFRRR07", "GOMC850X15HDFRRR07",
        "GOMC8503X5HDFRRR07", "GOMC85031XHDFRRR07", "GOMC850315ZDFRRR07", "GOMC850315H1FRRR07",
        "GOMC850315HD1RRR07", "GOMC850315HDFARR07", "GOMC850315HDFRER07", "GOMC850315HDFRR107",
        "GOMC850315HDFRRR-7", "GOMC850315HDFRRR0X", "[OMC850315HDFRRR07", "GOMC85031:HDFRRR07",
    };
    (void)state;
    becomes("curp", "GOMC850315HDFRRR07", "GOMC850315HDFRRR07");
    becomes("curp", "MARP800101MDFRTR03", "MARP800101MDFRTR03");
    becomes("curp", "BOXW310820HNERXN09", "BOXW310820HNERXN09");
    becomes("curp", "gomc850315hdfrrr07", "GOMC850315HDFRRR07");
    for (size_t i = 0; i < COUNT(bad); i++)
        refused("curp", bad[i], "not the form of a CURP");
    for (char c = '0'; c <= '9'; c++) {
        char text[] = "GOMC850315HDFRRR07";
        text[17] = c;
        if (c != '7')
            refused("curp", text, WRONG_DIGIT);
    }
    refused("curp", " GOMC850315HDFRRR07", "a CURP has 18 characters");
    refused("curp", "GOMC850315HDFRRR07 ", "a CURP has 18 characters");
    refused("curp", "GOMC850315HDFRRR0", "a CURP has 18 characters");
    refused("curp", "GOÑC850315HDFRRR7", "a CURP has X in place of Ñ");
    refused("curp", "goñc850315hdfrrr07", "a CURP has X in place of Ñ");
}

/* Each place counts, so that neighbours that are exchanged are found. */
static void a_curps_check_digit_covers_every_place(void **state)
{
    (void)state;
    refused("curp", "GOMC580315HDFRRR07", WRONG_DIGIT);
    refused("curp", "GOMC850351HDFRRR07", WRONG_DIGIT);
    refused("curp", "GOMC850315HFDRRR07", WRONG_DIGIT);
    /* N and O stand on both sides of the Ñ, which has a number of its own; X is everywhere */
    becomes("curp", "NOOO000101XNLNNNZ9", "NOOO000101XNLNNNZ9");
    becomes("curp", "OXNO991231MOCPNZ00", "OXNO991231MOCPNZ00");
    becomes("curp", "ZUOO991231MOCPPQ98", "ZUOO991231MOCPPQ98");
    becomes("curp", "XAZZ991231XZSZZZ98", "XAZZ991231XZSZZZ98");
}

/* Of all these the check digit is right. */
static void a_curp_is_of_a_day_and_an_entity(void **state)
{
    static const char *const entities[] = {
        "GOMC850315HASRRR04", "GOMC850315HBCRRR09", "GOMC850315HBSRRR07", "GOMC850315HCCRRR02",
        "GOMC850315HCHRRR02", "GOMC850315HCLRRR08", "GOMC850315HCMRRR02", "GOMC850315HCSRRR00",
        "GOMC850315HDFRRR07", "GOMC850315HDGRRR01", "GOMC850315HGRRRR08", "GOMC850315HGTRRR06",
        "GOMC850315HHGRRR03", "GOMC850315HJCRRR03", "GOMC850315HMCRRR02", "GOMC850315HMNRRR06",
        "GOMC850315HMSRRR00", "GOMC850315HNERRR03", "GOMC850315HNLRRR01", "GOMC850315HNTRRR07",
        "GOMC850315HOCRRR01", "GOMC850315HPLRRR00", "GOMC850315HQRRRR01", "GOMC850315HQTRRR09",
        "GOMC850315HSLRRR09", "GOMC850315HSPRRR09", "GOMC850315HSRRRR07", "GOMC850315HTCRRR06",
        "GOMC850315HTLRRR02", "GOMC850315HTSRRR04", "GOMC850315HVZRRR08", "GOMC850315HYNRRR05",
        "GOMC850315HZSRRR02",
    };
    static const char *const no_day[] = { "GOMC850230HDFRRR03", "GOMC851315HDFRRR05",
                                          "GOMC850015HDFRRR00", "GOMC850300HDFRRR02",
                                          "GOMC850431HDFRRR02", "GOMC010229HDFRRRA6",
                                          "GOMC000229HDFRRR09" /* of 1900 */ };
    static const char *const no_entity[] = { "GOMC850315HXXRRR06", "GOMC850315HABRRR02",
                                             "GOMC850315HSARRR05", "GOMC850315HXSRRR06" };
    (void)state;
    for (size_t i = 0; i < COUNT(entities); i++)
        becomes("curp", entities[i], entities[i]);
    for (size_t i = 0; i < COUNT(no_day); i++)
        refused("curp", no_day[i], "the date in the CURP");
    for (size_t i = 0; i < COUNT(no_entity); i++)
        refused("curp", no_entity[i], "characters 12 and 13");
    becomes("curp", "GOMC000229HDFRRRA9", "GOMC000229HDFRRRA9"); /* of 2000 */
    becomes("curp", "GOMC960229HDFRRR05", "GOMC960229HDFRRR05");
}

static void what_stands_for_nobody_is_refused(void **state)
{
    (void)state;
    refused("rfc", "XAXX010101000", "this stands for whoever has none");
    refused("rfc", "xexx010101000", "this stands for whoever has none");
    refused("curp", "XEXX010101HNEXXXA4", "this stands for whoever has none");
    refused("imei", "000000000000000", "this stands for whoever has none");
    refused("imsi", "00000000000000", "this stands for whoever has none");
    refused("account", "000000000000000000", "this stands for whoever has none");
}

static void an_rfcs_check_digit_is_only_a_doubt(void **state)
{
    /* Companies' and institutions' published ones, and made-up ones with Ñ and &. */
    static const char *const good[] = {
        "SAT970701NN3",  "GODE561231GR8", "PME380607P35", "TME840315KT6", "CFE370814QI0",
        "BBA830831LJ2",  "BNM840515VB1",  "TLO890920F76", "AAA000229000", "A&Ñ991231O90",
        "ÑUÑO010101ZZ6", "&NOZ00010100A", "ÑÑÑ000101ZZ0",
    };
    static const char *const doubtful[] = { "SAT970701NN4", "GODE561231GRA", "CFE370814QIA",
                                            "AAA000229001" };
    const char *doubt;
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        becomes("rfc", good[i], good[i]);
        become_of("rfc", span_str(good[i]), &doubt);
        if (doubt != NULL)
            fail_msg("%s is doubted", good[i]);
    }
    for (size_t i = 0; i < COUNT(doubtful); i++) {
        becomes("rfc", doubtful[i], doubtful[i]);
        become_of("rfc", span_str(doubtful[i]), &doubt);
        assert_non_null(doubt);
        assert_string_equal(doubt, WRONG_DIGIT);
    }
    becomes("rfc", "ñuño010101zz6", "ÑUÑO010101ZZ6");
    becomes("rfc", "sat970701nn3", "SAT970701NN3");
}

static void an_rfc_has_its_form(void **state)
{
    static const char *const bad[] = {
        "SA970701NN3",   "SATXX970701NN3", "970701NN3",    "SATX",          "SAT970701NN",
        "SAT970701NN33", "SAT9X0701NN3",   "SAT97070XNN3", "SAT970701-N3",  "SAT970701N&3",
        "SAT970701NÑ3",  "SAT970701NNB",   "S-T970701NN3", "[AT970701NN3",  "S T970701NN3",
        " SAT970701NN3", "SAT970701NN3 ",  "SÁT970701NN3", "SAÑÑÑ70701NN3", "SAT 970701 NN3",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        refused("rfc", bad[i], "an RFC is 3 or 4 letters");
    refused("rfc", "SAT971301NN3", "the date in the RFC");
    refused("rfc", "SAT970230NN3", "the date in the RFC");
    refused("rfc", "SAT970700NN3", "the date in the RFC");
    refused("rfc", "SAT960431NN3", "the date in the RFC"); /* of a leap year */
    refused("rfc", "SAT960031NN3", "the date in the RFC");
    for (int month = 13; month < 100; month++)
        refused("rfc", text_of("SAT97%d01NN3", month), "the date in the RFC");
}

static void a_phone_is_plus_and_7_to_15_digits(void **state)
{
    static const char *const bad[] = {
        "5512345678",
        "0052 55 1234 5678",
        "+123456",
        "+1234567890123456",
        "+05512345678",
        "+52 55 1234x",
        "++525512345678",
        "+",
        "52+5512345678",
        "+52/5512345678",
        "+52\u00A05512345678",
    };
    (void)state;
    becomes("phone", "+525512345678", "+525512345678");
    becomes("phone", " (+52) 55-1234.5678 ", "+525512345678");
    becomes("phone", "+2334567", "+2334567");
    becomes("phone", "+999999999999999", "+999999999999999");
    for (size_t i = 0; i < COUNT(bad); i++)
        refused("phone", bad[i], "a phone number is +");
}

static void a_phone_is_dialled_in_one_way(void **state)
{
    static const char *const mexico[] = { "+52 044 55 1234 5678", "+52 045 55 1234 5678",
                                          "+52 01 55 1234 5678",  "+52 551234567",
                                          "+52 2 55 1234 5678",   "+52 (01 55) 1234 5678",
                                          "+52 1 55 1234 56789" };
    (void)state;
    becomes("phone", "+5215512345678", "+525512345678");
    becomes("phone", "+52 1 55 1234 5678", "+525512345678");
    becomes("phone", "+52 (1) 55-1234-5678", "+525512345678");
    becomes("phone", "+52 155 123 4567", "+521551234567"); /* ten digits */
    for (size_t i = 0; i < COUNT(mexico); i++)
        refused("phone", mexico[i], "behind +52 a number has ten digits");
    becomes("phone", "+44 (0)20 7946 0223", "+442079460223");
    becomes("phone", "(+44) (0) 20 7946 0223", "+442079460223");
    becomes("phone", "+44( 0 )2079460223", "+442079460223");
    becomes("phone", "+351 (0)21 123 4567", "+351211234567");
    refused("phone", "+44 020 7946 0223", "behind this country code");
    refused("phone", "+49 (030) 123456", "behind this country code");
    refused("phone", "+44 20 (0) 7946 0223", "(0) stands directly");
    refused("phone", "+44 (00) 20 7946 0223", "(0) stands directly");
    becomes("phone", "+39 06 1234 5678", "+390612345678");
    refused("phone", "+39 (0)6 1234 5678", "in this country the 0 is part");
    refused("phone", "+378 (0)549 123456", "in this country the 0 is part");
    becomes("phone", "+225 01 23 45 67 89", "+2250123456789");
    refused("phone", "+39(0)6 1234 5678", "in this country the 0 is part");
    refused("phone", "(0)+442079460223", "(0) stands directly");
    refused("phone", "+4420 (0) 7946 0223", "(0) stands directly");
    /* Other countries have other plans. */
    becomes("phone", "+51 1 234 5678", "+5112345678");
    becomes("phone", "+49 1511 2345 678", "+4915112345678");
}

/* What stood in the room for it before. */
static void a_bracket_that_is_not_closed_takes_nothing_from_behind_the_value(void **state)
{
    char out[VALUE_MAX + 1];
    struct refusal why;
    (void)state;
    memset(out, '1', sizeof out);
    out[18] = 0;
    assert_int_equal(identifier_normalise(out, "phone", span_str("+44 (0"), NULL, &why), -1);
    assert_string_equal(out, "");
}

static void an_imei_is_its_first_14_digits(void **state)
{
    static const char *const bad[] = { "4901542032375",       "49015420323751801",
                                       "49015420323751x",     "49015420323751.8",
                                       "+49015420323751",     "-",
                                       "49 015420 323751 8 Ñ" };
    (void)state;
    becomes("imei", "490154203237518", "49015420323751");
    becomes("imei", "49-015420-323751-8", "49015420323751");
    becomes("imei", "490154/20/323751/8 ", "49015420323751");
    becomes("imei", "356938035643809", "35693803564380");
    becomes("imei", "999999999999994", "99999999999999");
    becomes("imei", "490154203237510", "49015420323751");  /* a spare 0 for the check digit */
    becomes("imei", "4901542032375100", "49015420323751"); /* with the software's version */
    becomes("imei", "4901542032375177", "49015420323751");
    for (size_t i = 0; i < COUNT(bad); i++)
        refused("imei", bad[i], "an IMEI has 14, 15 or 16 digits");
    for (char c = '1'; c <= '9'; c++) {
        char text[] = "490154203237518";
        text[14] = c;
        if (c != '8')
            refused("imei", text, WRONG_DIGIT);
    }
    refused("imei", "940154203237518", WRONG_DIGIT);
}

static void an_imsi_has_14_or_15_digits(void **state)
{
    static const char *const bad[] = { "3340200000001", "3340200000000012", "33402000000000x",
                                       "334.020000000001" };
    (void)state;
    becomes("imsi", "334 020-000000001", "334020000000001");
    becomes("imsi", "33402000000001", "33402000000001");
    for (size_t i = 0; i < COUNT(bad); i++)
        refused("imsi", bad[i], "an IMSI has 14 or 15 digits");
}

static void an_account_is_a_clabe(void **state)
{
    static const char *const bad[] = { "03218000011835971",  "0321800001183597190",
                                       "03218000011835971x", "032180/000118359719",
                                       "4152313412345678",   "MX032180000118359719" };
    (void)state;
    becomes("account", "032180000118359719", "032180000118359719");
    becomes("account", "032-180 00011835971-9", "032180000118359719");
    becomes("account", "002010077777777771", "002010077777777771");
    becomes("account", "646180110400000007", "646180110400000007");
    for (size_t i = 0; i < COUNT(bad); i++)
        refused("account", bad[i], "an account is a CLABE");
    for (char c = '0'; c < '9'; c++) {
        char text[] = "032180000118359719";
        text[17] = c;
        refused("account", text, WRONG_DIGIT);
    }
    refused("account", "302180000118359719", WRONG_DIGIT);
    refused("account", "023180000118359719", WRONG_DIGIT);
}

static void a_plate_is_letters_and_digits(void **state)
{
    static const char *const bad[] = { "abz-12-34 ñ", "á",           "ABC.123", "ABC\u2011123",
                                       "ABC/123",     "\u0410BC123", " - ",     "ABC\u00A0123" };
    (void)state;
    becomes("plate", "ABC-123-D", "ABC123D");
    becomes("plate", "abc 123 d", "ABC123D");
    becomes("plate", "ABC123D", "ABC123D");
    for (size_t i = 0; i < COUNT(bad); i++)
        refused("plate", bad[i], "a plate has letters");
}

static void an_email_is_in_lower_case(void **state)
{
    static const char *const bad[] = {
        "a.example.mx",   "@example.mx",   "a@",           "@", "a@b@c", "a@@b",
        "a b@example.mx", " a@example.mx", "a@example.mx "
    };
    struct buf text = { 0 };
    (void)state;
    becomes("email", "A.Lopez+X@Example.MX", "a.lopez+x@example.mx");
    becomes("email", "a@xn--espaa-rta.example", "a@xn--espaa-rta.example");
    becomes("email", "AZ@Z1.Z", "az@z1.z");
    refused("email", "a@b{c.mx", "an e-mail address alone");
    refused("email", "a@b~.mx", "an e-mail address alone");
    refused("email", "a@españa.example", "an e-mail address is ASCII");
    refused("email", "josé@example.mx", "an e-mail address is ASCII");
    for (size_t i = 0; i < COUNT(bad); i++)
        refused("email", bad[i], "an e-mail address has one @");
    for (int i = 0; i < 253; i++)
        buf_adds(&text, "x");
    text.p[1] = '@';
    buf_adds(&text, "y");
    becomes("email", buf_str(&text), buf_str(&text));
    buf_adds(&text, "y");
    refused("email", buf_str(&text), "an e-mail address has at most 254 bytes");
    buf_free(&text);
}

static void other_types_are_as_given(void **state)
{
    static const char *const given[] = { "person", "other", "CURP", "pasaporte", "" };
    static const char *const bad[] = { " A1",      "A1 ",      "A\u00A01",
                                       "A\u200B1", "A\u00AD1", "A1\u0301A\u0300",
                                       "A\u03781", "A\uE0001", " " };
    (void)state;
    becomes("note", " José  ñandú-1 ", " José  ñandú-1 ");
    becomes("note", "Jose\u0301", "Jose\u0301");
    for (size_t i = 0; i < COUNT(given); i++) {
        becomes(given[i], "José  ñandú-1", "José  ñandú-1");
        for (size_t k = 0; k < COUNT(bad); k++)
            refused(given[i], bad[k], "a space at an end");
    }
}

/* What was committed by the version of November 2026 is the same identifier still. */
static void older_spellings_are_the_same_identifier(void **state)
{
    static const char *const same[][3] = {
        { "email", "<Ana@Example.com>", "ana@example.com" },
        { "email", "mailto:ana@example.com", "ana@example.com" },
        { "email", "\"ana\"@example.com.", "ana@example.com" },
        { "phone", "+353 01 234 5678", "+353 1 234 5678" },
        { "phone", "+1 1 212 555 0123", "+1 212 555 0123" },
        { "phone", "+7 8 495 123 4567", "+7 495 123 4567" },
        { "phone", "+5215512345678", "+525512345678" },
        { "phone", "+52 1 55 1234 5678", "+525512345678" },
        { "phone", "+52 044 55 1234 5678", "+520445512345678" }, /* refused now: as it was */
        { "phone", "+52123456", "+52 123456" },
        { "phone", "+4402079460223", "+44 (0)20 7946 0223" },
        { "phone", "+4402079460223", "+44 20 7946 0223" },
        { "phone", "+520445512345678", "+52 55 1234 5678" },
        { "phone", "+52015512345678", "+5215512345678" },
        { "plate", "ABC-123-D", "ABC123D" },
        { "plate", "ABC 123 D", "abc-123-d" },
        { "plate", "ABC-123 Ñ", "abc-123 ñ" },
        { "email", "José@example.mx", "José@Example.mx" },
        { "curp", "GOMC850230HDFRRR03", "gomc850230hdfrrr03" },
        { "rfc", "XAXX010101000", "xaxx010101000" },
        { "other", " A1", " A1" },
        { "curp", "nothing", "nothing" },
    };
    static const char *const other[][3] = {
        { "other", "A5215512345678", "A525512345678" }, /* neither phone number */
        { "other", "abc.", "abc" },                     /* nor address */
        { "plate", "{1", "[1" },
        { "plate", "a\u0131", "a\u0111" }, /* C4 B1, C4 91 */
        { "phone", "+8215512345678", "+825512345678" },
        { "phone", "+5115512345678", "+515512345678" },
        { "phone", "+4915512345678", "+495512345678" },
        { "phone", "+5295512345678", "+525512345678" },
        { "phone", "+52155123456", "+5255123456" },
        { "phone", "+112345678", "+12345678" },
        { "phone", "+525512345678", "+525512345679" },
        { "phone", "+390612345678", "+39612345678" },
        { "plate", "ABC-123-D", "ABC-123-E" },
        { "other", "A1", "A1 " },
        { "email", "José@x.mx", "Jose\u0301@x.mx" },
    };
    char out[VALUE_MAX + 1];
    struct refusal why;
    (void)state;
    for (size_t i = 0; i < COUNT(same); i++)
        if (!identifier_same(same[i][0], same[i][1], same[i][2]))
            fail_msg("%s: %s and %s", same[i][0], same[i][1], same[i][2]);
    for (size_t i = 0; i < COUNT(other); i++)
        if (identifier_same(other[i][0], other[i][1], other[i][2]))
            fail_msg("%s: %s is not %s", other[i][0], other[i][1], other[i][2]);
    assert_int_equal(identifier_normalise_as(IDENTIFIER_2026_11, out, "phone",
                                             span_str("+52 1 55 1234 5678"), NULL, &why),
                     0);
    assert_string_equal(out, "+5215512345678");
    assert_int_equal(
        identifier_normalise_as(IDENTIFIER_2026_11, out, "plate", span_str("abc-1"), NULL, &why),
        0);
    assert_string_equal(out, "ABC-1");
}

static void every_value_has_1_to_448_bytes_of_text(void **state)
{
    static const char *const types[] = { "curp",  "rfc",     "phone", "imei", "imsi",
                                         "email", "account", "plate", "note" };
    static const char *const bad[] = {
        "\xFF",         "a\xC3",        "a\n",          "\x1F",         "\x7F",
        "\xC2\x9F",     "\xD8\x9C",     "\xE2\x80\x8E", "\xE2\x80\xAE", "\xE2\x81\xA6",
        "\xEF\xB7\x90", "\xEF\xBF\xBE", "\xED\xA0\x80", "\xC0\x80",     "\xF4\x8F\xBF\xBF",
    };
    struct buf text = { 0 };
    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        refused(types[i], "", "nothing is there");
        for (size_t k = 0; k < COUNT(bad); k++)
            refused(types[i], bad[k], "not UTF-8, or a control character");
        assert_null(become_of(types[i], span_of("a\0b", 3), NULL));
    }
    for (int i = 0; i < 224; i++)
        buf_adds(&text, "é");
    becomes("note", buf_str(&text), buf_str(&text));
    buf_adds(&text, "x");
    refused("note", buf_str(&text), "longer than 448 bytes");
    buf_free(&text);
}

/* Spaces that are stripped leave nothing behind that could be taken for a value. */
static void nothing_but_separators_is_no_identifier(void **state)
{
    (void)state;
    refused("phone", " -.()", "a phone number is +");
    refused("imei", " -/", "an IMEI");
    refused("imsi", " -", "an IMSI");
    refused("account", " -", "an account");
}

/* TYPE GIVEN BECOMES, as a second implementation has it. */
static void check_value(const struct span *word, size_t words)
{
    uint8_t given[VALUE_MAX], want[VALUE_MAX];
    assert_int_equal(words, 3);
    struct span in = span_of(given, unhex(given, sizeof given, word[1]));
    const char *type = text_of("%.*s", (int)word[0].n, (const char *)word[0].p);
    const char *out = become_of(type, in, NULL);
    struct span wanted = span_of(want, unhex(want, sizeof want, word[2]));
    if ((out == NULL) != (wanted.n == 0) || (out != NULL && !span_is(wanted, out)))
        fail_msg("%s %.*s: %s", type, (int)in.n, (const char *)in.p, out == NULL ? "refused" : out);
}

static void another_implementation_says_the_same(void **state)
{
    (void)state;
    vector_lines("identifier/values.txt", check_value);
}

/* What is refused goes to terminals and logs: not the identifier with it. */
static void a_cause_holds_nothing_of_the_value(void **state)
{
    char out[VALUE_MAX + 1];
    struct refusal why;
    struct buf words = { 0 };
    (void)state;
    assert_int_equal(identifier_normalise(out, "curp", span_str("MARP800101MDFRTR04"), NULL, &why),
                     -1);
    refusal_sentence(&words, &why, LANGUAGE_ES);
    assert_string_equal(buf_str(&words), "esto no puede ser un identificador de su tipo: "
                                         "el dígito verificador no corresponde");
    buf_free(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_curp_has_its_form_and_check_digit),
        cmocka_unit_test(a_curps_check_digit_covers_every_place),
        cmocka_unit_test(a_curp_is_of_a_day_and_an_entity),
        cmocka_unit_test(what_stands_for_nobody_is_refused),
        cmocka_unit_test(an_rfcs_check_digit_is_only_a_doubt),
        cmocka_unit_test(an_rfc_has_its_form),
        cmocka_unit_test(a_phone_is_plus_and_7_to_15_digits),
        cmocka_unit_test(a_phone_is_dialled_in_one_way),
        cmocka_unit_test(older_spellings_are_the_same_identifier),
        cmocka_unit_test(a_bracket_that_is_not_closed_takes_nothing_from_behind_the_value),
        cmocka_unit_test(an_imei_is_its_first_14_digits),
        cmocka_unit_test(an_imsi_has_14_or_15_digits),
        cmocka_unit_test(an_account_is_a_clabe),
        cmocka_unit_test(a_plate_is_letters_and_digits),
        cmocka_unit_test(an_email_is_in_lower_case),
        cmocka_unit_test(other_types_are_as_given),
        cmocka_unit_test(every_value_has_1_to_448_bytes_of_text),
        cmocka_unit_test(nothing_but_separators_is_no_identifier),
        cmocka_unit_test(another_implementation_says_the_same),
        cmocka_unit_test(a_cause_holds_nothing_of_the_value),
    };
    return cmocka_run_group_tests_name("identifier", tests, NULL, NULL);
}
