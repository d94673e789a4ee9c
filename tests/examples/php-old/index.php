<?php

require "lib/greeting.php";

echo greeting();
