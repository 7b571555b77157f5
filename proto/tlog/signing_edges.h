/* Made by tests/interop/ed25519_edges.py: what programs try at their start. */
// clang-format off
static const struct {
    const char *name;
    bool good;
    const char *key, *message, *signature;
} edges[] = {
    { "honest", true,
      "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
      "bitacora",
      "aa6df914f7a0f04e7f852adf459873f17dba5b1671ea62e82cc10ed6aecc489c"
      "e32bdeee00189a1e0cef9e8ee9befbf20fd602f2c248994abef128b7196a2b06" },
    { "a bit of S", false,
      "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
      "bitacora",
      "aa6df914f7a0f04e7f852adf459873f17dba5b1671ea62e82cc10ed6aecc489c"
      "f32bdeee00189a1e0cef9e8ee9befbf20fd602f2c248994abef128b7196a2b06" },
    { "S + L", false,
      "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
      "bitacora",
      "aa6df914f7a0f04e7f852adf459873f17dba5b1671ea62e82cc10ed6aecc489c"
      "d0ffd34b1b7bac76e28b9631c8b8da0710d602f2c248994abef128b7196a2b16" },
    { "R of mixed order, 1", false,
      "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
      "bitacora",
      "2e8a452a4819eadef740111cd50be0a2366742eab1824bd8097cddac57374137"
      "7cd8c7ed28bd9e0f4c712039e7809a71dada811e03d5e766625351c3ac00180c" },
    { "R of mixed order, 4", false,
      "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
      "bitacora",
      "439206eb085f0fb1807ad520ba678c0e8245a4e98e159d17d33ef1295133b763"
      "4d6d4562e043776e80386bf946078436ae05e04334c67771a3fc4b9697f8aa07" },
    { "R of small order, 0", false,
      "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
      "bitacora",
      "0100000000000000000000000000000000000000000000000000000000000000"
      "fd52ba6cc2fbbdac37ee2ed0fdebaf512031631b8f9f97c638931182df8a1503" },
    { "R of small order, 0, not canonical", false,
      "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
      "bitacora",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      "c9642ce5b65b88efb6de54a25bf58662fb828bf1ac09a72a1be9c50f3a6f1c09" },
    { "R of small order, 4", false,
      "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
      "bitacora",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      "d6999ff0e2a95eb8f4f72d1d1d750f128798a35fe3cf3291186904fe277d700f" },
    { "key of mixed order, 1", false,
      "b154bd62188ae283dd187fefe8c31f5e276edf083b4cff11c9d5cff856c74440",
      "bitacora 11",
      "aa6df914f7a0f04e7f852adf459873f17dba5b1671ea62e82cc10ed6aecc489c"
      "ce08811938e1de09342113d0b68bfe148146a931059fff41ffd0c848b271950d" },
    { "key of mixed order, 4", false,
      "ea5ef8400c31ef41e28f22e718b43f66981b29cf645af2a0e223799bedaace47",
      "bitacora 0",
      "aa6df914f7a0f04e7f852adf459873f17dba5b1671ea62e82cc10ed6aecc489c"
      "c473c19c3739367618c045c911a7b7c77842d9f4ece3923e967572311455a00b" },
    { "key of small order, 0", false,
      "0100000000000000000000000000000000000000000000000000000000000000",
      "bitacora 0",
      "aa6df914f7a0f04e7f852adf459873f17dba5b1671ea62e82cc10ed6aecc489c"
      "4d00000000000000000000000000000000000000000000000000000000000000" },
};
// clang-format on
